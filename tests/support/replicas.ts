import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../playground/environment.ts';
import { freePort, type SidecarProcess, startSidecar } from '../../playground/sidecar-process.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Some sidecars on one database behind one address. */
export interface Replicas {
  /** Starts what does not run. Without `ready` it does not wait until they are. */
  startAll(ready: boolean): Promise<void>;
  running(): SidecarProcess[];
  /** Those that may be killed. */
  victims(): SidecarProcess[];
  /** While closed, no connection from outside reaches any of them. */
  gate: { open: boolean };
  /** Keeps one from being killed; returns how to end that. */
  spare(sidecar: SidecarProcess): () => void;
  /** Every process there ever was, for its output. */
  all: SidecarProcess[];
  stop(): Promise<Array<number | null>>;
}

/** Nothing runs yet; the environment's TLS front leads to all that will. */
export async function createReplicas(
  environment: Environment,
  options: { count: number; env: Record<string, string>; random: SeededRandom },
): Promise<Replicas & AsyncDisposable> {
  const slots: Array<SidecarProcess | null> = Array.from({ length: options.count }, () => null);
  const all: SidecarProcess[] = [];
  const spared = new Set<SidecarProcess>();
  let crashed: SidecarProcess | null = null;
  const running = () => slots.filter((one) => one !== null);
  const victims = () => running().filter((one) => !spared.has(one));
  const gate = { open: true };
  const reachable = () => (gate.open ? running().map(({ url }) => Number(new URL(url).port)) : []);
  const balancer = await startBalancer(reachable, options.random);
  environment.forwardTo(balancer.url);

  async function startOne(slot: number): Promise<void> {
    const env = { ...environment.env, ...options.env, PORT: String(await freePort()) };
    const sidecar = await startSidecar({ env, awaitReady: false });
    slots[slot] = sidecar;
    all.push(sidecar);
    void sidecar.ended.then((code) => {
      if (slots[slot] === sidecar) slots[slot] = null;
      // Ended by a signal, it has no code.
      if (code !== null && code !== 0) crashed = sidecar;
    });
  }

  const stop = () => Promise.all(running().map((one) => one.stop()));
  return {
    all,
    gate,
    running,
    victims,
    spare: (sidecar) => {
      spared.add(sidecar);
      return () => void spared.delete(sidecar);
    },
    stop,
    startAll: async (ready) => {
      const missing = slots.flatMap((one, slot) => (one === null ? [slot] : []));
      await Promise.all(missing.map(startOne));
      while (ready && !(await areReady(victims()))) {
        if (crashed !== null)
          throw new Error(`A sidecar ended by itself:
${crashed.output()}`);
        await sleep(50);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running().map((one) => one.kill()));
      await balancer.close();
    },
  };
}

async function areReady(sidecars: readonly SidecarProcess[]): Promise<boolean> {
  const answers = sidecars.map(({ url }) => fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1_000) }));
  return (
    sidecars.length > 0 &&
    (await Promise.allSettled(answers)).every((one) => one.status === 'fulfilled' && one.value.ok)
  );
}

/** Leads each TCP connection to any of the ports. A paused process still takes connections: then the caller waits in vain. */
async function startBalancer(
  ports: () => number[],
  random: SeededRandom,
): Promise<{ url: string; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    const targets = ports();
    const outgoing = targets.length === 0 ? null : connect(random.pick(targets), '127.0.0.1');
    if (outgoing === null) return incoming.destroy();
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
