import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS, patternsFor } from '../redis/rights.ts'
import { ROOT } from './snippets.ts'

test('the user of docs/redis.md has the rights that are proved to suffice, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs/redis.md'), 'utf8')
  const shown = /^```acl\nuser stays on >password\n(.*?)^```/ms.exec(page)?.[1] ?? ''
  const rules = shown.trim().split(/\s+/)

  const wanted = ['resetkeys', 'resetchannels', '-@all', ...patternsFor('stays', 'keys')]
  expect(rules.sort()).toEqual([...wanted, ...COMMANDS.keys].sort())
})
