/** The right to do something once per installation, until it expires. `fencingToken` rises with every change of hands. */
export interface Lease {
  name: string;
  holder: string;
  fencingToken: number;
}

/** Named leases, shared by all replicas. Times in milliseconds. */
export interface Leases {
  /** Takes the lease when it is free, has expired, or is held by `holder` already; null while another holds it. */
  acquire(request: { name: string; holder: string; now: number; ms: number }): Promise<Lease | null>;
  /** False when the lease has expired or changed hands: the holder must stop. */
  renew(lease: Lease, now: number, ms: number): Promise<boolean>;
  /** Gives it back early. Does nothing when another has it by now. */
  release(lease: Lease): Promise<void>;
  /** At the start: releases what a process that died held. Does nothing on PostgreSQL, where another replica may hold it; it expires. */
  releaseAbandoned(name: string): Promise<void>;
}
