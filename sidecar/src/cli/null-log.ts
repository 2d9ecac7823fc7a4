import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';

/** For commands that print to a person instead of logging. */
export const NULL_LOG: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** For commands whose process nothing scrapes. */
export const NULL_METRICS: Metrics = { outbound() {}, notificationReceived() {}, delivery() {}, skipped() {} };
