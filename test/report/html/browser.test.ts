/** The page in a real Chromium, opened from a file. `scripts/setup-interop.sh chromium` installs one. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileFilter } from '../../../src/filter/filter.ts'
import { exchangeJson } from '../../../src/report/exchange-json.ts'
import { countText } from '../../../src/report/format.ts'
import { buildPage, conversation, page, requestHex, traffic, UNDERFLOW } from './page.ts'

const CHROMIUM = process.env.KAFKASCOPE_CHROMIUM ?? '/usr/bin/chromium'

const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? ''

/** Whether a row is wholly within its list. */
async function expectInSight(row: Locator, list: Locator): Promise<void> {
  const [inner, outer] = [(await row.boundingBox())!, (await list.boundingBox())!]
  expect(inner.y).toBeGreaterThanOrEqual(outer.y - 1)
  expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height + 1)
}

const EVIL = `</script><img src=x onerror="window.acted=1"><b>bold</b>\u202e`

describe.runIf(existsSync(CHROMIUM))('in Chromium', { timeout: 120_000 }, () => {
  let folder: string
  let browser: Browser

  beforeAll(async () => {
    buildPage()
    folder = mkdtempSync(join(tmpdir(), 'kafkascope-report-'))
    // As root Chromium runs without its sandbox only; the pages are our own.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Opens a page from a file. What it complains about, and what it asks a network for, are kept. */
  async function open(html: string, colorScheme: 'light' | 'dark' = 'light', hash = '') {
    const file = join(folder, `${Math.random().toString(36).slice(2)}.html`)
    writeFileSync(file, html)
    const tab = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme })
    const complaints: string[] = []
    const requests: string[] = []
    tab.on('console', (message) => complaints.push(message.text()))
    tab.on('pageerror', (error) => complaints.push(error.message))
    tab.on('request', (request) => requests.push(request.url()))
    const url = pathToFileURL(file).href + hash
    await tab.goto(url)
    await tab.waitForSelector('#page[data-ready]')
    return { tab, complaints, requests, url }
  }

  const status = (tab: Page): Promise<string> => textOf(tab.locator('.status'))
  /** How many exchanges of the traffic the filter lets pass, by the command line's reckoning. */
  function matching(filter: string): number {
    const holds = compileFilter(filter)
    let count = 0
    for (const one of traffic()) {
      if (one.type !== 'exchange') continue
      if (holds(exchangeJson(one.exchange, one.findings, { expand: true }))) count++
    }
    return count
  }

  const rows = (tab: Page) => tab.locator('.grid .row:not(.head)')
  const chosenBytes = (tab: Page) =>
    tab.locator('.digits .b.chosen').evaluateAll((all) => all.map((byte) => Number(byte.getAttribute('data-at'))))
  const chosenField = (tab: Page): Promise<string> => textOf(tab.locator('.tree-row.chosen .name'))

  test('every view opens without a complaint and without asking for anything', async () => {
    const { tab, complaints, requests, url } = await open(page(traffic()).html)
    for (const [key, view] of ['summary', 'exchanges', 'sequence', 'latency', 'findings', 'groups'].entries()) {
      await tab.keyboard.press(String(key + 1))
      expect(await tab.locator(`#view-${view}`).isVisible()).toBe(true)
      expect((await textOf(tab.locator(`#view-${view}`))).length).toBeGreaterThan(100)
    }
    expect(await tab.locator('.cards').textContent()).toContain('605')
    expect(await tab.locator('.chart circle').count()).toBeGreaterThan(100)
    expect(complaints).toEqual([])
    expect(requests).toEqual([url])
    await tab.close()
  })

  test('a group has a time line; a click on a phase shows the exchange that began it', async () => {
    const { tab, complaints } = await open(page(traffic()).html)
    await tab.keyboard.press('6')
    const panel = tab.locator('#view-groups .panel', { hasText: 'g-seed-rd' }).first()
    expect(await textOf(panel.locator('h2'))).toContain('on 10.0.1.1:9092')
    expect(await panel.locator('.life-line .phase').count()).toBeGreaterThan(2)
    const stable = panel.locator('.life-line .is-stable').first()
    const id = /#(\d+)$/.exec((await stable.getAttribute('title')) ?? '')![1]
    await stable.click({ force: true })
    expect(await tab.locator('#view-exchanges').isVisible()).toBe(true)
    expect(await textOf(tab.locator('.grid .row.chosen'))).toContain(id!)
    expect(complaints).toEqual([])
    await tab.close()
  })

  test('filter and search leave the exchanges that they should; a filter that is none is explained', async () => {
    const { tab, complaints } = await open(page(traffic()).html)
    await tab.keyboard.press('2')
    const all = await status(tab)
    expect(all).toBe('605 exchanges')
    const filter = async (text: string): Promise<void> => {
      await tab.fill('#filter', text)
      await tab.press('#filter', 'Enter')
    }
    await filter('api == "JoinGroup"')
    await expect.poll(() => status(tab)).toBe(`${matching('api == "JoinGroup"')} of 605`)
    expect(await rows(tab).locator('.api').allTextContents()).toContain('JoinGroup')
    await filter('response.body.members.metadata.topics =~ "." and api == "JoinGroup"')
    await expect.poll(() => status(tab)).toMatch(/^\d of 605$/)
    await filter('api = "JoinGroup"')
    await expect.poll(() => textOf(tab.locator('.problem'))).toContain('want ==')
    expect(await tab.getAttribute('#filter', 'aria-invalid')).toBe('true')
    await tab.press('#filter', 'Escape')
    await expect.poll(() => status(tab)).toBe(all)
    await tab.fill('#search', 'REBALANCE_in_progress')
    await expect.poll(() => status(tab)).toMatch(/^\d+ of 605$/)
    expect(complaints).toEqual([])
    await tab.close()
  })

  test('a field shows its bytes, a byte its field', async () => {
    const { tab } = await open(page(conversation(UNDERFLOW)).html, 'light', '#1')
    await tab.click('[data-tab=request]')
    await tab.click('.tree-row:has(.name:text-is("groupId"))')
    // size 4, header 2 + 2 + 4 + 2 + 7, then the length and the name.
    expect(await chosenBytes(tab)).toEqual([21, 22, 23, 24, 25, 26, 27, 28])
    await tab.click('.digits .b[data-at="30"]')
    expect(await chosenField(tab)).toBe('sessionTimeoutMs')
    expect(await chosenBytes(tab)).toEqual([29, 30, 31, 32])
    await tab.hover('.digits .b[data-at="23"]')
    expect(await textOf(tab.locator('.tree-row.pointed .name'))).toBe('groupId')
    await tab.hover('.tree-row:has(.name:text-is("correlationId"))')
    expect(await tab.locator('.digits .b.pointed').count()).toBe(4)
    await tab.close()
  })

  test('n goes to the next finding: marked in list, tree and bytes, explained', async () => {
    const { tab } = await open(page(conversation(UNDERFLOW)).html)
    await tab.keyboard.press('n')
    await tab.waitForSelector('.tree-row.stop')
    expect(await chosenField(tab)).toBe('errorCode')
    expect(await textOf(tab.locator('.tree-row.is-error .value'))).toBe('wants 2 bytes, 0 left')
    expect(await tab.locator('.digits .b.is-error').count()).toBe(1)
    expect(await textOf(tab.locator('.row.is-error .found'))).toContain('body/underflow')
    await tab.click('.finding summary')
    expect(await textOf(tab.locator('.finding .entry'))).toContain('What to do.')
    await tab.close()
  })

  test('the keyboard reaches everything: list, fields, folds, tabs', async () => {
    const { html, index } = page(traffic())
    const { tab } = await open(html)
    const wanted = index.rows.filter(({ api }) => api === 'Metadata').length
    await tab.keyboard.press('/')
    expect(await tab.evaluate('document.activeElement.id')).toBe('filter')
    await tab.keyboard.type('api == "Metadata"')
    await tab.keyboard.press('Enter')
    await expect.poll(() => status(tab)).toBe(`${wanted} of 605`)
    for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await tab.keyboard.press(key)
    expect(await tab.locator('.row.chosen').getAttribute('aria-rowindex')).toBe('4')
    await tab.keyboard.press('End')
    await expectInSight(tab.locator('.row.chosen'), tab.locator('.grid'))
    await tab.keyboard.press('PageUp')
    await expectInSight(tab.locator('.row.chosen'), tab.locator('.grid'))
    await tab.keyboard.press('Home')
    await tab.waitForSelector('.tree-row')
    await tab.keyboard.press('Enter')
    expect(await tab.evaluate('document.activeElement.className')).toBe('tree')
    for (const key of ['End', 'Home']) {
      await tab.keyboard.press(key)
      await expectInSight(tab.locator('.tree-row.chosen'), tab.locator('.tree'))
    }
    for (const key of ['ArrowDown', 'ArrowDown']) await tab.keyboard.press(key)
    await tab.keyboard.press('ArrowLeft')
    expect(await chosenField(tab)).toMatch(/^header v/)
    expect(await tab.locator('.tree-row.chosen').getAttribute('aria-expanded')).toBe('true')
    await tab.keyboard.press('ArrowLeft')
    expect(await tab.locator('.tree-row.chosen').getAttribute('aria-expanded')).toBe('false')
    await tab.keyboard.press('Escape')
    expect(await tab.evaluate('document.activeElement.className')).toBe('grid')
    await tab.keyboard.press('r')
    expect(await tab.locator('.subtabs [aria-selected=true]').getAttribute('data-tab')).toBe('json')
    expect(await textOf(tab.locator('.json pre'))).toContain('"api": "Metadata"')
    await tab.keyboard.press('?')
    expect(await tab.locator('dialog').isVisible()).toBe(true)
    await tab.close()
  })

  test('light and dark follow the system until the button says otherwise', async () => {
    const { tab } = await open(page(conversation(UNDERFLOW)).html, 'dark')
    const lightness = (): Promise<number> =>
      tab.evaluate('Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])')
    expect(await lightness()).toBeLessThan(60)
    await tab.keyboard.press('t')
    expect(await lightness()).toBeGreaterThan(200)
    await tab.keyboard.press('t')
    expect(await lightness()).toBeLessThan(60)
    await tab.close()
  })

  test('names from the wire are text, whatever they say', async () => {
    const evil = conversation([
      ['request', requestHex('MetadataRequest', 1, EVIL, 1, { topics: [{ name: EVIL }] })],
      ['request', requestHex('HeartbeatRequest', 0, EVIL, 2, { groupId: EVIL, generationId: 1, memberId: EVIL })],
    ])
    const { tab, complaints, requests } = await open(page(evil, {}, { title: EVIL }).html, 'light', '#1')
    await tab.waitForSelector('.tree-row')
    for (const key of ['r', 'r', '3', '4', '5', '1']) await tab.keyboard.press(key)
    expect(await tab.evaluate("'acted' in window")).toBe(false)
    expect(await tab.locator('img, main b:text-is("bold")').count()).toBe(0)
    expect(await textOf(tab.locator('#page'))).toContain('<b>bold</b>\\u202e')
    expect(await textOf(tab.locator('#page'))).not.toContain('\u202e')
    expect(complaints).toEqual([])
    expect(requests).toHaveLength(1)
    await tab.close()
  })

  test('20,000 exchanges stay usable', async () => {
    const { html, index } = page(traffic(34))
    expect(index.rows.length).toBeGreaterThan(20_000)
    expect(index.notices).toEqual([])
    const { tab, complaints } = await open(html)
    await tab.keyboard.press('2')
    const took = async (action: () => Promise<unknown>): Promise<number> => {
      const start = performance.now()
      await action()
      return Math.round(performance.now() - start)
    }
    const end = await took(async () => {
      await tab.focus('.grid')
      await tab.keyboard.press('End')
      await tab.waitForSelector(`#exchange-${index.rows.length}`)
    })
    expect(await rows(tab).count()).toBeLessThan(100)
    const slim = await took(async () => {
      await tab.fill('#filter', 'api == "Produce" and latencyMs > 1')
      await expect.poll(() => status(tab), { interval: 10 }).toMatch(/^[\d,]+ of 20,570$/)
    })
    const found = 34 * matching('request.body.groupId =~ "."')
    const whole = await took(async () => {
      await tab.fill('#filter', 'request.body.groupId =~ "."')
      const wanted = `${countText(found)} of 20,570`
      await expect.poll(() => status(tab), { interval: 10, timeout: 30_000 }).toBe(wanted)
    })
    const plots = await took(() => tab.keyboard.press('4'))
    console.log(
      `page ${(html.length / 1e6).toFixed(1)} MB; ms: to the end ${end}, filter ${slim}, over bodies ${whole}, plots ${plots}`,
    )
    expect(complaints).toEqual([])
    await tab.close()
  })
})
