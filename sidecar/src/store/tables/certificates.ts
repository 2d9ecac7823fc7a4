import type { Certificates } from '../../core/ports/certificates.ts';
import type { Database } from '../database/sql.ts';

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
