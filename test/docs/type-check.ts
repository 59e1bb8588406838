import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ts from 'typescript'
import { exampleFolder, ROOT, type Snippet } from './snippets.ts'

/** @returns one line for each fault: the example's place, the line in it, and what is wrong. */
export function typeErrors(snippets: readonly Snippet[]): string[] {
  const folder = exampleFolder()
  const places = new Map<string, string>()
  snippets.forEach(({ place, code }, index) => {
    const name = `${index}.ts`
    writeFileSync(join(folder, name), `${code}\nexport {}\n`)
    places.set(name, place)
  })
  const files = [...places.keys()].map((name) => join(folder, name))
  const program = ts.createProgram([...files, join(ROOT, 'test/docs/ambient.d.ts')], options())
  return files.flatMap((file) => {
    const source = program.getSourceFile(file)
    const faults = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]
    return faults.map((fault) => `${places.get(basename(file))} ${describe(fault)}`)
  })
}

function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options: own } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT)
  return {
    ...own,
    declaration: false,
    isolatedDeclarations: false,
    paths: {
      cachetier: [join(ROOT, 'src/index.ts')],
      'cachetier/*': [join(ROOT, 'src/*/index.ts')],
    },
  }
}

function describe({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
  return `(line ${line} of the example): ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
}
