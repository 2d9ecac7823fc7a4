import type { DatabaseKind } from './database.ts';

/** What every group of rows is told. */
export interface Context {
  /** Fewer and shorter rounds. */
  quick: boolean;
  kinds: readonly DatabaseKind[];
}
