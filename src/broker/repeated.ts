/** The keys that occur more than once. */
export function repeated(keys: readonly string[]): Set<string> {
  const seen = new Set<string>()
  return new Set(keys.filter((key) => seen.has(key) || !seen.add(key)))
}
