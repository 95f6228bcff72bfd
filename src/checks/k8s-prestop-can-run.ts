import type { HookPlan } from '../plan/pod.js';
import { subjectsOf } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';

/** Images without a shell and without coreutils, by their names; those for debugging have busybox. */
const BARE = /(^|\/)(distroless|scratch|static)(?=[/:@-]|$)|^gcr\.io\/distroless\/|^cgr\.dev\/chainguard\//;
const WITH_SHELL = /:[^/]*(debug|dev)/;
const NEEDS = /^(?:.*\/)?(sh|bash|ash|dash|sleep)$/;

export const k8sPrestopCanRun = defineRule({
  id: 'k8s-prestop-can-run',
  item: 6,
  level: 'should',
  topic: 'Whether the preStop hook can run',
  kept: 'The preStop hook can run, as far as the manifest shows',
  broken: 'The preStop hook cannot run',
  why: 'A hook that fails means SIGTERM at once: the delay that everybody believes in is not there.',
  sources: [
    { mark: 'K', text: 'Kubernetes documentation, Container Lifecycle Hooks: a failed hook is an event, nothing more' },
    { mark: 'K', text: 'PodLifecycleSleepAction: on by default since 1.30, zero seconds allowed since 1.33' },
  ],
  cure: 'use the sleep action, preStop: {sleep: {seconds: 6}}, which needs no program (Kubernetes 1.30 and later)',
  expected: 'what the hook needs is in the image, and the cluster knows the hook',
  without: 'no container has a preStop hook in the manifest',
  look: (manifest) => {
    const subjects = subjectsOf(manifest).filter(({ container }) => container.preStop !== null);
    const findings = subjects.flatMap(({ container: { preStop, image }, name }) => {
      if (preStop === null) return [];
      const why = obstacle(preStop.hook, image, manifest.kubeMinor);
      return why === null ? [] : [warning(preStop.at, `${name} ${why.text}`, why.cure)];
    });
    return { looked: subjects.length, findings };
  },
});

function obstacle(hook: HookPlan, image: string, minor: number | null): { text: string; cure: string | null } | null {
  switch (hook.kind) {
    case 'exec': {
      const [program = ''] = hook.command;
      if (program === '') return { text: 'has an exec hook without a command', cure: 'give it a command' };
      if (!NEEDS.test(program) || !BARE.test(image) || WITH_SHELL.test(image)) return null;
      return {
        text: `runs ${program.slice(0, 50)} in its hook, and the image ${image.slice(0, 100)} has neither shell nor sleep`,
        cure: null,
      };
    }
    case 'sleep': {
      if (minor === null) return null;
      const cure = 'use exec: {command: [sleep, "6"]} with an image that has sleep, or a newer cluster';
      if (minor < 30) return { text: `uses the sleep action, which 1.${minor} does not have by default`, cure };
      return hook.durationMs === 0 && minor < 33
        ? {
            text: `sleeps 0 s, which 1.${minor} refuses`,
            cure: 'leave the hook out, or sleep for as long as routes take to follow',
          }
        : null;
    }
    case 'http':
    case 'tcp':
      return null;
  }
}
