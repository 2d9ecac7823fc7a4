/** A pause that Microsoft asked for with `Retry-After`. `name` is that of the limit; `endsAt` in milliseconds since the epoch. */
export interface ThrottlePause {
  name: string;
  endsAt: number;
}

/** The pauses of all replicas. */
export interface ThrottlePauses {
  /** Tells all replicas; of two pauses the later end counts. */
  save(pause: ThrottlePause): Promise<void>;
  /** Those that have not ended. */
  list(now: number): Promise<ThrottlePause[]>;
  /** Calls `changed` after every save of any replica; resolves to a function that stops it. */
  listen(changed: () => void): Promise<() => Promise<void>>;
}
