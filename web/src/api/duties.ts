/** Who is on duty in the grids of a village. */
import { client, longWork, unwrap, unwrapItems } from './client'
import type { DutyImport, GridDuties, NewDuty } from './types'

export async function dutyList(region: string): Promise<GridDuties[]> {
  return unwrapItems(client.GET('/api/v1/duties', { params: { query: { region } } }))
}

export async function dutyAdd(body: NewDuty): Promise<void> {
  await unwrap(client.POST('/api/v1/duties', { body }))
}

export async function dutyEnd(grid: string, role: string, account: string): Promise<void> {
  await unwrap(client.DELETE('/api/v1/duties/{grid}/{role}/{account}', { params: { path: { grid, role, account } } }))
}

/** Nothing is set while a line has a fault. */
export function dutyImport(csv: string): Promise<DutyImport> {
  return unwrap(client.POST('/api/v1/duties/import', { ...longWork, body: { csv } }))
}
