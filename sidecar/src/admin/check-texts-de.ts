import type { CheckText } from './check-texts-en.ts';

/** What checks say, in German. */
export const CHECK_TEXTS_DE: Record<CheckText, string> = {
  unexpected: 'Konnte nicht geprüft werden: {message}',
  skipped: 'Nicht geprüft, weil „{title}“ fehlgeschlagen ist.',

  'mattermost.title': 'Mattermost',
  'mattermost.ok': 'Mattermost {version} antwortet unter {url}.',
  'mattermost.old': 'Mattermost {version} ist älter als {wanted}, die erste Version, die das Plugin unterstützt.',
  'mattermost.old.remedy': 'Mattermost aktualisieren.',
  'mattermost.failed': 'Mattermost antwortet nicht unter {url}.',
  'mattermost.failed.remedy':
    'Prüfen, ob Mattermost läuft und ob MATTERMOST_INTERNAL_URL (oder MATTERMOST_URL) die Adresse ist, unter der dieser Rechner es erreicht.',

  'bot.title': 'Bot-Konto',
  'bot.ok': 'Das Token gehört dem Bot @{username}.',
  'bot.person': 'Das Token gehört @{username}; das ist kein Bot-Konto.',
  'bot.person.remedy':
    'msteams-connect setup ausführen, das einen Bot anlegt und sein Token einträgt, oder das Token eines Bot-Kontos in MATTERMOST_BOT_TOKEN eintragen.',
  'bot.failed': 'Mattermost nimmt das Token des Bots nicht an: Es wurde widerrufen, oder der Bot ist deaktiviert.',
  'bot.failed.remedy':
    'msteams-connect setup erneut ausführen, um ein neues Token zu erhalten, oder eines unter Integrationen → Bot-Konten anlegen und in MATTERMOST_BOT_TOKEN eintragen. Ist der Bot deaktiviert, dort wieder aktivieren.',

  'bot_rights.title': 'Rechte des Bots',
  'bot_rights.ok': 'Der Bot kann Benutzer mit ihrer E-Mail-Adresse nachschlagen und ihnen schreiben.',
  'bot_rights.email':
    'Mattermost verbirgt E-Mail-Adressen vor dem Bot. So kann sich niemand verbinden: Das Microsoft-Konto muss dieselbe Adresse haben.',
  'bot_rights.email.remedy':
    'Systemkonsole → Site-Konfiguration → Benutzer und Teams → E-Mail-Adresse anzeigen auf „wahr“ stellen.',
  'bot_rights.teams':
    'Direktnachrichten gehen nur zwischen Mitgliedern eines gemeinsamen Teams, und der Bot ist in {count} von {total} Teams.',
  'bot_rights.teams.remedy': 'msteams-connect setup erneut ausführen: Es fügt den Bot jedem Team hinzu.',

  'site_url.title': 'Adresse von Mattermost',
  'site_url.ok': 'MATTERMOST_URL ist die Site-URL.',
  'site_url.differs':
    'MATTERMOST_URL ist {configured}, die Site-URL von Mattermost aber {actual}. Browser werden vom Dienst abgewiesen, und Links führen woandershin.',
  'site_url.differs.remedy':
    'MATTERMOST_URL auf {actual} setzen oder Systemkonsole → Umgebung → Webserver → Site-URL berichtigen.',
  'site_url.empty': 'Mattermost hat keine Site-URL; Links und Slash-Befehle arbeiten so nicht zuverlässig.',
  'site_url.empty.remedy': 'Systemkonsole → Umgebung → Webserver → Site-URL auf {configured} setzen.',

  'command.title': 'Slash-Befehl',
  'command.ok': '/msteams ist in jedem Team vorhanden ({count}).',
  'command.missing': '/msteams fehlt in: {teams}.',
  'command.address': '/msteams führt zu einer anderen Adresse als {url} in: {teams}.',
  'command.token': '/msteams hat ein anderes Token als MATTERMOST_COMMAND_TOKEN in: {teams}.',
  'command.remedy':
    'msteams-connect setup erneut ausführen: Es legt den Befehl in jedem Team an und berichtigt ihn. Von Hand: Integrationen → Slash-Befehle, Auslöser msteams, Methode POST, Adresse {url}.',
  'command.hidden': 'Der Bot darf die Slash-Befehle nicht sehen von: {teams}.',
  'command.hidden.remedy':
    'Diese Prüfung in der Systemkonsole öffnen, msteams-connect doctor --token <Administrator-Token> ausführen oder msteams-connect setup --team-admin, damit der Dienst den Befehl selbst in Ordnung hält.',

  'command_call.title': 'Weg von Mattermost zum Dienst',
  'command_call.ok': 'Mattermost erreicht den Dienst mit dem Slash-Befehl.',
  'command_call.token': 'Mattermost erreicht den Dienst, aber mit einem anderen Token als MATTERMOST_COMMAND_TOKEN.',
  'command_call.token.remedy':
    'msteams-connect setup erneut ausführen und den Dienst mit der geschriebenen Umgebungsdatei neu starten.',
  'command_call.failed': 'Mattermost konnte den Slash-Befehl unter {url} nicht aufrufen.',
  'command_call.failed.remedy':
    'Ist die Adresse eine interne, ihren Host unter Systemkonsole → Umgebung → Entwickler → Nicht vertrauenswürdige interne Verbindungen zulassen eintragen. Vom Mattermost-Server aus prüfen, ob die Adresse erreichbar ist und ihrem Zertifikat vertraut wird.',
  'command_call.unknown': 'Der Bot ist in keinem Team mit dem Befehl und konnte ihn deshalb nicht ausprobieren.',
  'command_call.unknown.remedy':
    'In Mattermost /msteams status eingeben oder msteams-connect doctor --token <Administrator-Token> ausführen.',

  'plugin.title': 'Plugin',
  'plugin.ok': 'Das Plugin {version} ist aktiv.',
  'plugin.version': 'Das Plugin hat die Version {version}, der Dienst die Version {wanted}.',
  'plugin.version.remedy': 'Das Plugin derselben Ausgabe installieren: msteams-connect setup --plugin DATEI.',
  'plugin.missing': 'Das Plugin ist nicht installiert.',
  'plugin.missing.remedy':
    'msteams-connect setup ausführen oder msteams_connect-{wanted}.tar.gz unter Systemkonsole → Plugins → Plugin-Verwaltung hochladen.',
  'plugin.disabled': 'Das Plugin ist installiert, aber nicht aktiviert.',
  'plugin.disabled.remedy': 'Unter Systemkonsole → Plugins → Plugin-Verwaltung aktivieren.',
  'plugin.broken': 'Mattermost konnte das Plugin nicht starten: {error}',
  'plugin.broken.remedy':
    'Das Protokoll von Mattermost ansehen, dann das Plugin erneut hochladen: msteams-connect setup --plugin DATEI.',
  'plugin.inactive': 'Das Plugin ist nicht aktiv: Es ist nicht installiert oder deaktiviert.',
  'plugin.inactive.remedy':
    'Unter Systemkonsole → Plugins → Plugin-Verwaltung nachsehen: dort aktivieren oder msteams-connect setup ausführen.',
  'plugin.off': 'Plugins sind in Mattermost abgeschaltet.',
  'plugin.off.remedy': 'Systemkonsole → Plugins → Plugin-Verwaltung → Plugins aktivieren auf „wahr“ stellen.',
  'plugin.rival': 'Auch das Plugin com.mattermost.msteams-sync ist aktiv und beantwortet /msteams vor diesem.',
  'plugin.rival.remedy': 'Es unter Systemkonsole → Plugins → Plugin-Verwaltung deaktivieren.',

  'microsoft.title': 'Microsoft',
  'microsoft.ok': 'Microsoft Entra ID und Microsoft Graph antworten.',
  'microsoft.failed': '{url} antwortet nicht.',
  'microsoft.failed.remedy': 'Prüfen, ob dieser Rechner die Adresse über HTTPS erreichen darf (Firewall, Proxy, DNS).',
  'microsoft.tenant': 'Microsoft kennt den Mandanten {tenant} nicht.',
  'microsoft.tenant.remedy':
    'MICROSOFT_TENANT_ID auf die Verzeichnis-ID (Mandanten-ID) der App-Registrierung setzen und MICROSOFT_CLOUD auf ihre Cloud.',

  'credential.title': 'App-Registrierung',
  'credential.secret':
    'Der geheime Clientschlüssel gilt. Sein Ablaufdatum nennt Microsoft nicht; am besten beim Anlegen notieren.',
  'credential.certificate': 'Das Client-Zertifikat gilt bis {end}.',
  'credential.ending': 'Das Client-Zertifikat läuft am {end} ab.',
  'credential.ending.remedy':
    'Ein neues Zertifikat anlegen, der App-Registrierung hinzufügen und MICROSOFT_CLIENT_CERTIFICATE_FILE und MICROSOFT_CLIENT_KEY_FILE setzen.',
  'credential.expired':
    'Der geheime Clientschlüssel ist abgelaufen. Die Benutzer bleiben verbunden, aber nichts kann erneuert werden.',
  'credential.expired.remedy':
    'Einen neuen Schlüssel anlegen (Microsoft Entra Admin Center → App-Registrierungen → Zertifikate & Geheimnisse), MICROSOFT_CLIENT_SECRET setzen und den Dienst neu starten.',
  'credential.wrong': 'Microsoft lehnt den geheimen Clientschlüssel oder das Zertifikat ab.',
  'credential.wrong.remedy':
    'MICROSOFT_CLIENT_SECRET auf den Wert des Schlüssels setzen (nicht auf seine ID) oder das eingestellte Zertifikat registrieren, dann den Dienst neu starten.',
  'credential.application': 'Der Mandant {tenant} hat keine Anwendung {client}.',
  'credential.application.remedy':
    'MICROSOFT_CLIENT_ID und MICROSOFT_TENANT_ID mit der Übersichtsseite der App-Registrierung vergleichen.',
  'credential.refused': 'Microsoft lehnt die Anwendung ab (AADSTS{code}).',
  'credential.refused.remedy':
    'Den Code unter https://login.microsoftonline.com/error?code={code} nachschlagen und die App-Registrierung berichtigen.',

  'permissions.title': 'Erteilte Berechtigungen',
  'permissions.ok': 'Erteilt: {scopes}.',
  'permissions.unknown': 'Bekannt mit der ersten Verbindung.',
  'permissions.unknown.remedy':
    'Wenn Benutzer nach der Genehmigung eines Administrators gefragt werden, sie einmal für alle erteilen: {link}',
  'permissions.missing': 'Nicht erteilt: {scopes}.',
  'permissions.files': '{scope} ist nicht erteilt: Trotz FORWARD_FILES=true bleiben geteilte Dateien Links.',
  'permissions.files.remedy':
    'Die delegierte Berechtigung {scope} von Microsoft Graph in der App-Registrierung hinzufügen und die Administratorzustimmung noch einmal erteilen: {link}. Wer schon verbunden war, hat sie innerhalb einer Stunde.',
  'permissions.refused':
    'Eine Anmeldung ist fehlgeschlagen, weil die Berechtigungen in der Organisation nicht erteilt sind.',
  'permissions.remedy':
    'Die Administratorzustimmung einmal für alle erteilen: {link} (oder Microsoft Entra Admin Center → App-Registrierungen → API-Berechtigungen → Administratorzustimmung erteilen).',

  'certificate.title': 'Verschlüsselungszertifikat',
  'certificate.ok': 'Das Zertifikat, mit dem Benachrichtigungen verschlüsselt werden, gilt bis {end}.',
  'certificate.none': 'Es wird mit der ersten Verbindung angelegt.',
  'certificate.ended': 'Das neueste Zertifikat ist am {end} abgelaufen.',
  'certificate.ended.remedy': 'Den Dienst neu starten: Er legt ein neues an. Hilft das nicht, sein Protokoll ansehen.',
  'certificate.key':
    'Sein privater Schlüssel ist mit einem Schlüssel versiegelt, der nicht eingestellt ist ({key}). Benachrichtigungen sind nicht lesbar.',
  'certificate.key.remedy':
    'Diesen Schlüssel wieder in ENCRYPTION_KEYS eintragen (oder die Datei encryption.key in DATA_DIR zurücklegen).',
  'certificate.broken': 'Sein privater Schlüssel lässt sich nicht öffnen.',
  'certificate.broken.remedy': 'Datenbank und Schlüssel aus derselben Sicherung wiederherstellen.',

  'public_url.title': 'Öffentliche Adresse',
  'public_url.ok': 'Der Dienst antwortet unter {url}, wie Microsoft es verlangt.',
  'public_url.slow': 'Der Dienst antwortet unter {url} erst nach {seconds} Sekunden; Microsoft wartet drei.',
  'public_url.slow.remedy': 'Reverse-Proxy und Last des Rechners ansehen.',
  'public_url.stopped': 'Der Dienst läuft nicht auf diesem Rechner ({local}), und {url} antwortet nicht.',
  'public_url.stopped.remedy': 'Ihn mit msteams-connect start starten, oder als Systemdienst.',
  'public_url.dns': 'Der Host von {url} hat keine Adresse.',
  'public_url.dns.remedy': 'PUBLIC_URL und den DNS-Eintrag des Hosts prüfen.',
  'public_url.tls': 'Dem Zertifikat von {url} wird nicht vertraut ({reason}).',
  'public_url.tls.remedy':
    'Ein Zertifikat einer öffentlichen Stelle mit vollständiger Kette verwenden: Microsoft nimmt kein anderes an.',
  'public_url.unreachable': 'Unter {url} antwortet nichts ({reason}).',
  'public_url.unreachable.remedy':
    'PUBLIC_URL prüfen, und ob der Reverse-Proxy dort lauscht und aus dem Internet auf Port 443 erreichbar ist.',
  'public_url.other': 'Unter {url} antwortet etwas anderes (Status {status}).',
  'public_url.other.remedy':
    'Der Reverse-Proxy muss alles unter PUBLIC_URL unverändert an den Dienst weitergeben: Pfad, Abfrage und Inhalt.',

  'quota.title': 'Abonnements bei Microsoft',
  'quota.ok': '{count} von {limit}, die eine Organisation haben darf, alle Anwendungen zusammen.',
  'quota.near':
    '{count} von {limit}, die eine Organisation haben darf, alle Anwendungen zusammen. Darüber kann sich niemand mehr verbinden.',
  'quota.near.remedy':
    'Die Benutzer mit MAX_CONNECTIONS oder der Zulassungsliste begrenzen oder zu FEED=tenant wechseln, das ein Abonnement für alle braucht.',

  'database.title': 'Datenbank',
  'database.ok': 'Sie arbeitet. Verbundene Benutzer: {count}.',
  'database.none': 'Sie wird beim ersten Start des Dienstes angelegt.',

  'clock.title': 'Uhr',
  'clock.ok': 'Die Uhr dieses Rechners stimmt mit Mattermost und Microsoft überein.',
  'clock.off': 'Die Uhr dieses Rechners weicht um {seconds} Sekunden von {peer} ab.',
  'clock.off.remedy': 'Die Uhren abgleichen (NTP). Gehen Uhren um Minuten auseinander, werden Tokens abgelehnt.',

  'backlog.title': 'Wartende Benachrichtigungen',
  'backlog.ok': '{count} warten.',
  'backlog.late': '{count} warten, die älteste seit {minutes} Minuten.',
  'backlog.late.remedy':
    'Die anderen Prüfungen und das Protokoll des Dienstes ansehen; alles wird zugestellt, sobald die Ursache behoben ist.',

  'dead_letters.title': 'Aufgegebene Benachrichtigungen',
  'dead_letters.ok': 'Keine.',
  'dead_letters.some': '{count} konnten nicht zugestellt werden.',
  'dead_letters.some.remedy':
    'Gründe mit msteams-connect dead list ansehen, die Ursache beheben, dann msteams-connect dead replay --all.',
};
