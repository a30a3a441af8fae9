/** Light, dark, or as the system has it. */
import { h } from './dom.ts'

const THEMES: readonly string[] = ['auto', 'light', 'dark']
const LABELS: Readonly<Record<string, string>> = { auto: '◐ auto', light: '☀ light', dark: '☾ dark' }
const KEY = 'kafkascope-theme'

let button: HTMLButtonElement | undefined

/** The button that changes it. */
export function themeButton(): HTMLElement {
  button = h('button', { type: 'button', onclick: nextTheme, title: 'Light or dark (t)' })
  let kept: string | null = null
  try {
    kept = localStorage.getItem(KEY)
  } catch {
    // A page from a file may have no storage: then nothing is remembered.
  }
  set(kept !== null && THEMES.includes(kept) ? kept : 'auto')
  return button
}

export function nextTheme(): void {
  const now = document.documentElement.getAttribute('data-theme')
  const at = THEMES.indexOf(now ?? '')
  const next = THEMES[(at + 1) % THEMES.length]!
  set(next)
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // As above.
  }
}

function set(theme: string): void {
  document.documentElement.setAttribute('data-theme', theme)
  if (button) button.textContent = LABELS[theme] ?? theme
}
