import type { DatabaseKind } from './database.ts';

/** What every group of rows is told. */
export interface Context {
  /** Fewer and shorter rounds. */
  quick: boolean;
  kinds: readonly DatabaseKind[];
  /** Take a processor profile of the sidecar while it delivers: costs time, so the figures of that run are not comparable. */
  profile: boolean;
}
