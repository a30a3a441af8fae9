/** A finding as a card: what was seen, which bug made it so, what clients will say, and what FINDINGS.md has on it. */
import type { Finding } from '../../../findings/finding.ts'
import type { PageIndex } from '../model.ts'
import { h, prose } from './dom.ts'
import { MARKS } from './text.ts'

/** `go` shows the place, where there is one to show. */
export function findingCard(finding: Finding, index: PageIndex, go?: () => void): HTMLElement {
  const { code, severity, message, path, offset, causes, clients } = finding
  const place = `${path === '' ? '' : `${path}, `}byte ${offset}`
  const entry = index.findings.find((kind) => kind.code === code)?.entry ?? null
  return h(
    'article',
    { class: `finding is-${severity}` },
    h(
      'p',
      { class: 'finding-head' },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[severity]),
      h('strong', {}, code),
      h('span', { class: 'quiet' }, severity),
      go
        ? h('button', { type: 'button', class: 'link', title: 'Show these bytes', onclick: go }, place)
        : h('span', { class: 'quiet' }, place),
    ),
    h('p', { class: 'message' }, message),
    causes.length > 0 &&
      h(
        'ul',
        { class: 'causes', 'aria-label': 'Likely causes' },
        causes.map((cause) => {
          const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, h('span', { class: 'bar-in' }))
          bar.querySelector<HTMLElement>('.bar-in')!.style.width = `${Math.round(cause.score * 100)}%`
          return h(
            'li',
            {},
            bar,
            h('span', { class: 'score' }, cause.score.toFixed(2)),
            h('code', {}, cause.cause),
            h('span', {}, cause.message),
          )
        }),
      ),
    clients !== undefined &&
      Object.entries(clients).map(([name, text]) =>
        h('p', { class: 'said' }, `${name} will say: `, h('code', {}, text)),
      ),
    entry !== null && h('details', {}, h('summary', {}, 'What it means and what to do'), entryText(entry)),
  )
}

/** An entry's paragraphs; their first words are set apart. */
export function entryText(entry: string): HTMLElement {
  const paragraphs = entry.split(/\n\s*\n/).map((paragraph) => {
    const text = paragraph.replace(/\s+/g, ' ').trim()
    const [, head, rest] = /^(What it means|Usual causes|What to do):\s(.*)$/.exec(text) ?? [null, null, text]
    return h('p', {}, head !== null && head !== undefined ? h('b', {}, `${head}. `) : null, prose(rest ?? text))
  })
  return h('div', { class: 'entry' }, paragraphs)
}
