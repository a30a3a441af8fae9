/** Each bug that can be planted is the only thing shown when a client's run against a sound broker is compared. */
import { expect, test } from 'vitest'
import { BUGS } from '../../src/bugs/kinds/index.ts'
import { apiKeyOf } from '../../src/codec/messages.ts'
import { conversation } from './conversation.ts'
import { diffed, lines, recorded } from './recorded.ts'

test('the same client twice, with other ids, differs in nothing', async () => {
  const outcome = diffed(recorded(await conversation(1)), recorded(await conversation(50)))
  expect(lines(outcome)).toEqual([])
  console.log(outcome.summary)
})

for (const { name, usual } of BUGS) {
  test(name, async () => {
    const outcome = diffed(recorded(await conversation(1)), recorded(await conversation(50, [name])))
    console.log(name, '\n' + lines(outcome).map((l) => l.slice(0, 230)).join('\n'))
  })
}
