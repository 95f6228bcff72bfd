#!/usr/bin/env node
import module from 'node:module';
import { readFileSync } from 'node:fs';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  // Asked by scripts, again and again: nothing else has to be loaded for it.
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  // What was compiled once need not be compiled again, where Node can keep it (22.1 and newer).
  module.enableCompileCache?.();
  try {
    const { main } = await import('../dist/bundle/main.js');
    await main(argv);
  } catch (error) {
    // Not even the program itself could be read: there is no verdict, and exit code 1 would be one.
    process.stderr.write(`drain-check: It could not be loaded: ${error?.message ?? error}\n`);
    // What was begun by then would keep us alive; the watchdog ends it.
    process.exit(3);
  }
}
