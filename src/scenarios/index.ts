import { drain } from './drain.js';
import { idle } from './idle.js';
import { interrupt } from './interrupt.js';
import { load } from './load.js';
import { pid1 } from './pid-1.js';
import { repeatSignal } from './repeat-signal.js';
import type { Scenario } from './scenario.js';
import { startup } from './startup.js';
import { streams } from './streams.js';
import { stuck } from './stuck.js';
import { together } from './together.js';

/** Every scenario, in the order in which they are played. */
export const SCENARIOS: readonly Scenario[] = [
  drain,
  idle,
  streams,
  stuck,
  repeatSignal,
  interrupt,
  startup,
  pid1,
  load,
  together,
];
