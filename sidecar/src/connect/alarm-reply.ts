import type { AppError } from '../core/errors.ts';
import type { Catalogue } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';
import type { Reply } from '../core/types.ts';

type Key = 'problem' | 'expired' | 'wrong' | 'certificate' | 'registration' | 'code';

const TEXTS: Catalogue<Key> = {
  en: {
    problem:
      '**Microsoft does not accept the credential of the Microsoft Teams connection.** {cause}\nNobody is disconnected by this, but within the hour nothing arrives from Teams any more. It goes on by itself as soon as the credential works.',
    expired:
      'The client secret has expired. In the Microsoft Entra admin center, open App registrations → this application → Certificates & secrets, make a new client secret, put its value into `MICROSOFT_CLIENT_SECRET` and restart the sidecar.',
    wrong:
      'The client secret is wrong: perhaps its id was copied instead of its value, or it was deleted. In the Microsoft Entra admin center, open App registrations → this application → Certificates & secrets, make a new client secret, put its value into `MICROSOFT_CLIENT_SECRET` and restart the sidecar.',
    certificate:
      'The client certificate was refused: it is not registered, or it has expired. In the Microsoft Entra admin center, open App registrations → this application → Certificates & secrets and upload the certificate that `MICROSOFT_CLIENT_CERTIFICATE_FILE` names.',
    registration:
      'The app registration was refused. Check `MICROSOFT_CLIENT_ID`, `MICROSOFT_TENANT_ID` and the redirect URI; `msteams-connect doctor` says what is wrong.',
    code: '(AADSTS{code})',
  },
  de: {
    problem:
      '**Microsoft nimmt die Zugangsdaten der Verbindung zu Microsoft Teams nicht an.** {cause}\nNiemand wird dadurch getrennt, aber binnen einer Stunde kommt aus Teams nichts mehr an. Sobald die Zugangsdaten gelten, geht es von selbst weiter.',
    expired:
      'Der geheime Clientschlüssel ist abgelaufen. Öffnen Sie im Microsoft Entra Admin Center App-Registrierungen → diese Anwendung → Zertifikate & Geheimnisse, erstellen Sie einen neuen Clientschlüssel, tragen Sie seinen Wert in `MICROSOFT_CLIENT_SECRET` ein und starten Sie den Dienst neu.',
    wrong:
      'Der geheime Clientschlüssel ist falsch: Vielleicht wurde seine ID statt seines Werts kopiert, oder er wurde gelöscht. Öffnen Sie im Microsoft Entra Admin Center App-Registrierungen → diese Anwendung → Zertifikate & Geheimnisse, erstellen Sie einen neuen Clientschlüssel, tragen Sie seinen Wert in `MICROSOFT_CLIENT_SECRET` ein und starten Sie den Dienst neu.',
    certificate:
      'Das Client-Zertifikat wurde abgelehnt: Es ist nicht hinterlegt oder abgelaufen. Öffnen Sie im Microsoft Entra Admin Center App-Registrierungen → diese Anwendung → Zertifikate & Geheimnisse und laden Sie das Zertifikat hoch, das `MICROSOFT_CLIENT_CERTIFICATE_FILE` nennt.',
    registration:
      'Die App-Registrierung wurde abgelehnt. Prüfen Sie `MICROSOFT_CLIENT_ID`, `MICROSOFT_TENANT_ID` und die Umleitungs-URI; `msteams-connect doctor` sagt, was falsch ist.',
    code: '(AADSTS{code})',
  },
};

/** AADSTS codes with a remedy of their own (Microsoft: "Entra authentication error codes"). */
const CAUSES: Record<number, Key> = { 7000222: 'expired', 7000215: 'wrong', 700027: 'certificate' };

/** The direct message to those who can mend the credential, with what to do about it. */
export function credentialProblemReply(locale: string, { fields }: AppError): Reply {
  const texts = TEXTS[languageOf(locale)];
  const code = Number(fields?.aadsts ?? 0);
  const cause = texts[CAUSES[code] ?? 'registration'];
  return { text: fill(texts.problem, { cause: code ? `${cause} ${fill(texts.code, { code })}` : cause }) };
}
