/** Where the page's script begins. */
import { loadIndex } from './data.ts'
import { fill, h } from './dom.ts'
import { Page } from './page.ts'

const root = document.getElementById('page')!

/** Makes the page; where that fails it says so, instead of staying blank. */
async function start(): Promise<void> {
  try {
    const index = await loadIndex()
    const page = new Page(index, root)
    // The address may name an exchange: report.html#17.
    const wanted = Number(location.hash.slice(1))
    const row = wanted > 0 ? index.rows.find(({ id }) => id === wanted) : undefined
    if (row) page.open(row)
    root.setAttribute('data-ready', '')
  } catch (error) {
    fill(root, h('p', { class: 'empty' }, `This browser can't show the page: ${String(error)}`))
    throw error
  }
}

void start()
