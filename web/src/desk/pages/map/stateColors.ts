/** One colour per state on the map: green where it ended well, grey where it did not, the others told apart. */
import type { Meta } from '@/api/types'

const colors: Record<string, string[]> = {
  done: ['#2a7d46', '#7aa487', '#4f9170'],
  refused: ['#7d7469', '#a39a8f'],
  paused: ['#5c5470', '#8d86a0'],
  open: ['#1d5fb8', '#7c3fb0', '#b5467f', '#0e7f8c', '#3f5bd0', '#8a5a2b', '#2f8fc4', '#596b1e'],
}

export const otherColor = '#45525f'

export function stateColors(states: Meta['states']): Map<string, string> {
  const used: Record<string, number> = {}
  return new Map(
    states.map(({ code, tone }) => {
      const family = tone in colors ? tone : 'open'
      const turn = used[family] ?? 0
      used[family] = turn + 1
      return [code, colors[family]![turn % colors[family]!.length]!]
    }),
  )
}
