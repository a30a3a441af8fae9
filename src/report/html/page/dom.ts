/** Elements without markup: text only ever becomes text nodes, so nothing from the wire can act here. */

type Child = Node | string | number | null | false | readonly Child[]

type Listeners = { readonly [K in keyof HTMLElementEventMap as `on${K}`]?: (event: HTMLElementEventMap[K]) => void }

export type Props = Listeners & {
  readonly class?: string
  readonly [attribute: string]: string | number | boolean | undefined | null | ((event: never) => void)
}

/** An element with attributes (`true` for one without a value), listeners (`onclick`) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  apply(element, props)
  append(element, children)
  return element
}

/** SVG's own name, taken from the page's one drawing: so no address stands anywhere in the page. */
const namespace = document.getElementById('svg')!.namespaceURI

/** As `h`, of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(namespace, tag) as SVGElementTagNameMap[K]
  apply(element, props)
  append(element, children)
  return element
}

function apply(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as (event: Event) => void)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === false) continue
    if (Array.isArray(child)) append(element, child as Child[])
    else element.append(typeof child === 'number' ? String(child) : (child as Node | string))
  }
}

/** Replaces all that an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren()
  append(element, children)
}

/** Text in which `code` in backticks is set as code. */
export const prose = (text: string): (Node | string)[] =>
  text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? h('code', {}, part) : part))
