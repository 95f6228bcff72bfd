import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Lives of real servers end when they end; what is bounded is bounded inside the product.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two forks: the fixtures are separate processes already and share the machine with the runner.
    pool: 'forks',
    // No test leaves anything in its modules, and to load them anew for each file took a fifth of the time.
    isolate: false,
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
