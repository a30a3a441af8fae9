/** Text without which a filter can't hold: what lacks it need not be read. */
import { expect, test } from 'vitest'
import { requiredTexts } from '../../src/filter/required.ts'

test.each<[string, string[]]>([
  ['', []],
  ['request.body.topics.name == "orders"', ['"orders"']],
  ['"orders" == request.body.topics.name and latencyMs > 3', ['"orders"']],
  ['api == "Fetch" and (request.body.groupId == "g" and id > 1)', ['"Fetch"', '"g"']],
  // Either may be missing, the opposite is asked for, or a part is enough.
  ['api == "Fetch" or api == "Produce"', []],
  ['not (api == "Fetch")', []],
  ['api != "Fetch"', []],
  ['api =~ "Fetch"', []],
  ['request.body.name contains "x"', []],
  ['api in ["Fetch"]', []],
  ['apiKey == 1', []],
  // JSON writes these otherwise.
  ['request.body.name == "a\\"b"', []],
  ['request.body.name == "ä"', []],
])('%s', (expression, texts) => expect(requiredTexts(expression)).toEqual(texts))
