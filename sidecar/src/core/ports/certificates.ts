/** An encryption certificate for notification content: base64 of its DER form, and its private key (PEM), sealed. */
export interface StoredCertificate {
  id: string;
  certificate: string;
  sealedPrivateKey: string;
  createdAt: number;
}

/** The encryption certificates. */
export interface Certificates {
  /** Newest first. */
  list(): Promise<StoredCertificate[]>;
  create(certificate: StoredCertificate): Promise<void>;
  /** Replaces the sealed private key, after the encryption keys changed. */
  reseal(id: string, sealedPrivateKey: string): Promise<void>;
  remove(id: string): Promise<void>;
}
