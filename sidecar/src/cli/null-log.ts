import type { Log } from '../core/log.ts';

/** Nothing is logged or counted by commands that a person runs: they print. */
export const SILENT = {
  log: { debug() {}, info() {}, warn() {}, error() {} } satisfies Log,
  metrics: { outbound() {}, notificationReceived() {}, delivery() {}, skipped() {} },
};
