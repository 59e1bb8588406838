/*
 * `expression // => value` in an example becomes a comparison. The value is what `util.inspect`
 * prints; an expression statement or a `const` may carry one:
 *
 *     await users.get('1') // => { name: 'Ada' }
 *     const size = cache.stats().entries // => 1
 */
const STATEMENT = /^(\s*)(.*\S)\s+\/\/ => (.*\S)\s*$/
const DECLARATION = /^(?:export )?(?:const|let) ([\w$]+)(?:: [^=]+)? = /

/** The code with its marked lines turned into calls of `shows(line, actual, expected)`. */
export function withExpectations(code: string): string {
  return code
    .split('\n')
    .map((line, index) => {
      const [, indent, statement, expected] = STATEMENT.exec(line) ?? []
      if (statement === undefined) return line
      const wanted = JSON.stringify(expected)
      const name = DECLARATION.exec(statement)?.[1]
      if (name !== undefined)
        return `${indent}${statement}; shows(${index + 1}, ${name}, ${wanted})`
      return `${indent}shows(${index + 1}, ${statement}, ${wanted})`
    })
    .join('\n')
}
