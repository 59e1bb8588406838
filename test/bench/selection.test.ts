import { describe, expect, test } from 'vitest'
import { readSelection } from '../../bench/harness/selection.ts'

const KNOWN = ['l1', 'l2', 'batch']

describe('the command line of the benchmarks', () => {
  test('asks for all of them when it is empty', () => {
    const all = { names: KNOWN, isQuick: false, withPeers: true }
    expect(readSelection([], KNOWN)).toEqual(all)
  })

  test('picks by name, in the order in which they run', () => {
    const { names, isQuick, withPeers } = readSelection(
      ['batch', '--quick', 'l1', '--no-peers'],
      KNOWN,
    )
    expect({ names, isQuick, withPeers }).toEqual({
      names: ['l1', 'batch'],
      isQuick: true,
      withPeers: false,
    })
  })

  test.each(['l3', '--fast'])('refuses %s with what there is', (word) => {
    const expected = `Expected any of l1, l2, batch, --quick, --no-peers, got '${word}'.`
    expect(() => readSelection([word], KNOWN)).toThrow(expected)
  })
})
