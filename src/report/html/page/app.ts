/** What the views can ask of the page as a whole. */
import type { PageIndex, PageRow } from '../model.ts'

export interface App {
  readonly index: PageIndex
  /** Shows an exchange; with a finding, the place of it. */
  open(row: PageRow, finding?: number): void
  /** Shows the exchanges that an expression leaves. */
  filter(expression: string): void
  /** Shows a connection's sequence. */
  sequence(connection: number): void
}

export interface View {
  readonly element: HTMLElement
  /** Called when it comes into sight. */
  show(): void
  /** A key that nothing else took; whether it was of use. */
  key(event: KeyboardEvent): boolean
}
