/** Names of departments by the code of their kind, asked once; until they are there, or where there is none, a mark stands for the name. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { departmentList } from '@/api/matters'
import type { Text } from '@/api/types'

export const useDepartments = defineStore('departments', () => {
  const names = ref<Map<string, Text>>(new Map())
  let asked: Promise<void> | null = null

  function load(): void {
    asked ??= departmentList().then(
      (items) => void (names.value = new Map(items.map((one) => [one.code, one.name]))),
      () => void (asked = null),
    )
  }

  const nameOf = (code: string): Text | string => names.value.get(code) ?? '…'

  return { names, load, nameOf }
})
