// After tsc: puts the two hundred small table modules of dist/dissectors/messages into its index.js, so that start-up
// opens one file. The sources stay a file a table.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../dist/dissectors/messages')
const index = join(folder, 'index.js')
const joined = readFileSync(index, 'utf8').replace(/^import (\w+) from '(\.\/\w+\.js)';?$/gm, (_line, name, file) =>
  readFileSync(join(folder, file), 'utf8').replace('export default', `const ${name} =`),
)
writeFileSync(index, joined)
