import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Tests that need a server, long schedules or broken networks say so in their name. */
const SPECIAL = ['redis', 'model', 'chaos'] as const

const setupFiles = ['test/support/invariants.ts']

/** Tests and examples of the docs import the package as its users do, and get the source. */
const alias = [
  { find: /^cachetier$/, replacement: `${import.meta.dirname}/src/index.ts` },
  { find: /^cachetier\/([\w-]+)$/, replacement: `${import.meta.dirname}/src/$1/index.ts` },
]

const config: ViteUserConfig = defineConfig({
  resolve: { alias },
  test: {
    // Two workers: the suites start servers and processes of their own.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/**', 'src/monitor/dashboard/**', 'src/dashboard/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportOnFailure: true,
      thresholds: { lines: 95, branches: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Against hanging only: nothing here may depend on the speed of the machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: SPECIAL.map((kind) => `test/**/*.${kind}.test.ts`),
          setupFiles,
        },
      },
      ...SPECIAL.map((kind) => ({
        extends: true as const,
        test: {
          name: kind,
          include: [`test/**/*.${kind}.test.ts`],
          setupFiles,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      })),
    ],
  },
})

export default config
