/** What no person writes and nobody but an administrator should read: our codes, our paths, our remarks on where a number comes from. */
import { expect, type Page } from '@playwright/test'

const ours = new RegExp(
  [
    /** Names with underscores or a capital inside, names of records (`case.step`), a code in brackets, codes of matters. */
    String.raw`\b[a-z]+(?:_[a-z]+)+\b`,
    String.raw`\b[a-z]+[A-Z][A-Za-z]+\b`,
    String.raw`(?<![\w./@-])[a-z]+\.[a-z_]+(?![\w./-])`,
    String.raw`[(（][a-z]+(?:[._][a-z]+)*[)）]`,
    String.raw`\b(?:event|component)-\d+\b`,
    /** Paths of regions, such as `35.03.02.` */
    String.raw`\b\d\d\.\d\d\.`,
    /** Remarks of the catalog. */
    '平台默认|产品默认值|示例时限|紧急工作[时日]',
    /** What programs say when they have nothing to say. */
    String.raw`\bundefined\b|\bNaN\b|\[object|\bnull\b`,
  ].join('|'),
  'g',
)

export async function expectOnlyWords(page: Page, where: string): Promise<void> {
  const text = await page.locator('body').innerText()
  expect(text.match(ours) ?? [], where).toEqual([])
}
