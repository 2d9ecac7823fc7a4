import type { Database } from '../database/sql.ts';

/** An encryption certificate for notification content: base64 DER, and its private key sealed. */
export interface StoredCertificate {
  id: string;
  certificate: string;
  sealedPrivateKey: string;
  createdAt: number;
}

export interface Certificates {
  /** Newest first. */
  list(): Promise<StoredCertificate[]>;
  create(certificate: StoredCertificate): Promise<void>;
  /** Replaces the sealed private key, after the encryption keys changed. */
  reseal(id: string, sealedPrivateKey: string): Promise<void>;
  remove(id: string): Promise<void>;
}

interface Row {
  id: string;
  certificate: string;
  sealed_private_key: string;
  created_at: number;
}

/** The certificates table. */
export function createCertificates(db: Database): Certificates {
  return {
    list: async () => {
      const rows = await db.query<Row>(
        'select id, certificate, sealed_private_key, created_at from certificates order by created_at desc, id desc',
      );
      return rows.map((row) => ({
        id: row.id,
        certificate: row.certificate,
        sealedPrivateKey: row.sealed_private_key,
        createdAt: row.created_at,
      }));
    },
    create: async ({ id, certificate, sealedPrivateKey, createdAt }) =>
      void (await db.query(
        'insert into certificates (id, certificate, sealed_private_key, created_at) values ($1, $2, $3, $4)',
        [id, certificate, sealedPrivateKey, createdAt],
      )),
    reseal: async (id, sealed) =>
      void (await db.query('update certificates set sealed_private_key = $2 where id = $1', [id, sealed])),
    remove: async (id) => void (await db.query('delete from certificates where id = $1', [id])),
  };
}
