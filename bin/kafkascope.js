#!/usr/bin/env node
try {
  await import('../dist/src/cli/main.js')
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('dist')) throw error
  console.error('kafkascope: not built yet: run "npm install" (with development dependencies) or "npm run build"')
  process.exit(2)
}
const { main } = await import('../dist/src/cli/main.js')
await main(process.argv.slice(2))
