import { announcesConnectionClose } from './announces-connection-close.js';
import { boundsTheWait } from './bounds-the-wait.js';
import type { Check } from './check.js';
import { closesDatabaseConnections } from './closes-database-connections.js';
import { closesIdleConnections } from './closes-idle-connections.js';
import { closesWebsockets } from './closes-websockets.js';
import { dropsNoAcceptedConnection } from './drops-no-accepted-connection.js';
import { exitsCleanly } from './exits-cleanly.js';
import { exitsInTime } from './exits-in-time.js';
import { failsReadiness } from './fails-readiness.js';
import { finishesAcceptedJobs } from './finishes-accepted-jobs.js';
import { finishesAtScale } from './finishes-at-scale.js';
import { finishesRequests } from './finishes-requests.js';
import { finishesStreams } from './finishes-streams.js';
import { finishesUploads } from './finishes-uploads.js';
import { flushesLogs } from './flushes-logs.js';
import { flushesTelemetry } from './flushes-telemetry.js';
import { handlesSigtermAsPid1 } from './handles-sigterm-as-pid-1.js';
import { handlesSigterm } from './handles-sigterm.js';
import { keepsDatabaseUntilDrained } from './keeps-database-until-drained.js';
import { keepsLiveness } from './keeps-liveness.js';
import { leavesNothingBehind } from './leaves-nothing-behind.js';
import { livenessIgnoresDependencies } from './liveness-ignores-dependencies.js';
import { noResetOnReuse } from './no-reset-on-reuse.js';
import { readinessDoesNotFlap } from './readiness-does-not-flap.js';
import { readinessFailsFirst } from './readiness-fails-first.js';
import { rolloutLosesNothing } from './rollout-loses-nothing.js';
import { separateProbes } from './separate-probes.js';
import { servesUntilDerouted } from './serves-until-derouted.js';
import { signalReachesServer } from './signal-reaches-server.js';
import { stopsAccepting } from './stops-accepting.js';
import { stopsDuringStartup } from './stops-during-startup.js';
import { survivesRepeatedSignal } from './survives-repeated-signal.js';
import { tellsWebsocketClients } from './tells-websocket-clients.js';
import { treatsSigintAlike } from './treats-sigint-alike.js';
import { turnsAwayNewJobs } from './turns-away-new-jobs.js';

/** The catalogue, in the order of the checklist. */
export const CHECKS: readonly Check[] = [
  handlesSigterm,
  signalReachesServer,
  exitsInTime,
  exitsCleanly,
  leavesNothingBehind,
  survivesRepeatedSignal,
  treatsSigintAlike,
  stopsDuringStartup,
  handlesSigtermAsPid1,
  stopsAccepting,
  dropsNoAcceptedConnection,
  servesUntilDerouted,
  rolloutLosesNothing,
  announcesConnectionClose,
  closesIdleConnections,
  noResetOnReuse,
  finishesRequests,
  finishesUploads,
  finishesStreams,
  closesWebsockets,
  tellsWebsocketClients,
  finishesAcceptedJobs,
  turnsAwayNewJobs,
  boundsTheWait,
  finishesAtScale,
  closesDatabaseConnections,
  keepsDatabaseUntilDrained,
  livenessIgnoresDependencies,
  flushesTelemetry,
  flushesLogs,
  failsReadiness,
  readinessFailsFirst,
  readinessDoesNotFlap,
  keepsLiveness,
  separateProbes,
];
