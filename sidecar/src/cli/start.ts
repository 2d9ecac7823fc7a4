import { startService } from '../app/service.ts';
import type { Config } from '../config/config.ts';
import { createLog } from '../logger.ts';

/** Runs the sidecar until SIGTERM or SIGINT. Resolves when everything is released. */
export async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'Stopping.');
      stop.abort();
    });
  }
  const { app, ended } = await startService({ config, log, signal: stop.signal });
  try {
    const address = await app.listen({ host: config.host, port: config.port });
    log.info({ address, publicUrl: config.publicUrl }, 'Ready.');
  } catch (error) {
    stop.abort();
    await ended;
    throw error;
  }
  await ended;
  log.info({}, 'Stopped.');
}
