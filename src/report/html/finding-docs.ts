/** Entries of `docs/FINDINGS.md`, which explain findings to people. */

/** The entry of a finding's code, without its heading and its line of codes; null where there is none. */
export function entryOf(docs: string, code: string): string | null {
  const sections = docs.split(/^## /m).slice(1)
  for (const section of sections) {
    const end = section.indexOf('\n')
    const heading = section.slice(0, end).trim()
    const body = section.slice(end).trim()
    const [first = ''] = body.split('\n\n')
    const named = [...first.matchAll(/`([\w/-]+)`/g)].some(([, name]) => name === code)
    if (!named && heading !== code && heading !== code.replace(/^[^/]*\//, '')) continue
    const rest = first.includes('Severity') ? body.slice(first.length) : body
    return rest.trim()
  }
  return null
}
