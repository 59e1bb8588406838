import { defineConfig } from 'vitest/config'

/** Tests that need a server, long schedules or broken networks say so in their name. */
const SPECIAL = ['redis', 'model', 'chaos'] as const

const setupFiles = ['test/support/invariants.ts']

export default defineConfig({
  test: {
    // Two workers: the suites start servers and processes of their own.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/**', 'src/monitor/dashboard/**', 'src/dashboard/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: SPECIAL.map((kind) => `test/**/*.${kind}.test.ts`),
          setupFiles,
        },
      },
      ...SPECIAL.map((kind) => ({
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
