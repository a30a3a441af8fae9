/** The page as a file: it asks nothing of a network, and nothing from the wire is markup in it. */
import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { pageScript } from '../../../src/report/html/page-script.ts'
import { buildPage, conversation, page, requestHex, traffic, UNDERFLOW } from './page.ts'

beforeAll(buildPage)

const EVIL = `</script><img src=x onerror=alert(1)>"'><!--\u202e`

const evil = conversation([
  ['request', requestHex('MetadataRequest', 1, EVIL, 1, { topics: [{ name: EVIL }] })],
  ['request', requestHex('HeartbeatRequest', 0, EVIL, 2, { groupId: EVIL, generationId: 1, memberId: EVIL })],
])

test('names from the wire are in the page as data only', () => {
  const { html } = page(evil, {}, { title: EVIL, sources: [EVIL] })
  expect(html).not.toContain('<img')
  expect(html.match(/<script/g)).toHaveLength(1 + html.match(/<script type="application\/gzip"/g)!.length)
  expect(html.match(/<\/script>/g)).toHaveLength(html.match(/<script/g)!.length)
  expect(html).not.toContain('\u202e')
  expect(html).toContain('<title>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;')
})

test('nothing outside is named: no addresses, no sources, no styles from elsewhere', () => {
  const { html } = page(traffic())
  const text = html.replace(/<script type="application\/gzip"[^>]*>[^<]*<\/script>/g, '')
  expect(text.match(/https?:/g)).toBeNull()
  const body = text.replace(/<script>[\s\S]*<\/script>/, '')
  expect(body).not.toMatch(/\s(?:src|href|action|srcset|style|on\w+)=/i)
  expect(body).not.toMatch(/@import|url\(/)
})

test('the policy allows the one script and the one style sheet by their hashes, and nothing else', () => {
  const { html } = page(conversation(UNDERFLOW))
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ])
})

test('the script holds the filter of the command line itself', () => {
  const script = pageScript()
  expect(script).toContain('"src/filter/filter.js"')
  expect(script).toContain('"re2js"')
  const library = script.indexOf('"re2js": function')
  const own = script.slice(0, library) + script.slice(script.indexOf('"src/', library))
  expect(own).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/)
  expect(script.length).toBeLessThan(600_000)
})
