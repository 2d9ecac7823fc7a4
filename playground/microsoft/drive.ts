import { randomBytes } from 'node:crypto';
import type { MovableClock } from './clock.ts';

/** A file in a person's OneDrive or a team's SharePoint. `url` is what messages carry as `contentUrl`. */
export interface DriveFile {
  url: string;
  bytes: Buffer;
  /** Object ids of those it is shared with. */
  readers: string[];
}

/** Shared files, and the addresses without a token that Graph hands out for them. */
export interface Drive {
  put(file: DriveFile): void;
  find(url: string): DriveFile | undefined;
  /** A ticket that opens the file once, within an hour. */
  issue(file: DriveFile): string;
  redeem(ticket: string): DriveFile | undefined;
}

const TICKET_LIFE = 60 * 60 * 1000;

/** Nothing shared yet. */
export function createDrive(clock: MovableClock): Drive {
  const files = new Map<string, DriveFile>();
  const tickets = new Map<string, { file: DriveFile; until: number }>();
  return {
    put: (file) => void files.set(file.url, file),
    find: (url) => files.get(url),
    issue: (file) => {
      const ticket = randomBytes(24).toString('base64url');
      tickets.set(ticket, { file, until: clock.now() + TICKET_LIFE });
      return ticket;
    },
    redeem: (ticket) => {
      const found = tickets.get(ticket);
      tickets.delete(ticket);
      return found && found.until > clock.now() ? found.file : undefined;
    },
  };
}
