"""The messages about backups, in English and French."""

from schema.server.language import Message

__all__ = ["Message"]

BACKED_UP = Message(
    "The database {place} is backed up to {file}.", "La base de données {place} est sauvegardée dans {file}."
)
NOT_BACKED_UP = Message("Stopped. {file} was not written.", "Arrêté. {file} n’a pas été enregistré.")
BACKUP_FAILED = Message(
    "The backup {file} cannot be written: {reason}. Check the folder and the free space.",
    "Impossible d’enregistrer la sauvegarde {file}\u00a0: {reason}. Vérifiez le dossier et l’espace libre.",
)
NOT_MIGRATED_WITHOUT_BACKUP = Message(
    "{place} was not migrated, because the backup {file} cannot be written: {reason}. Free some space, or make a "
    "backup elsewhere and add --no-backup.",
    "{place} n’a pas été mis à jour, car la sauvegarde {file} ne peut pas être enregistrée\u00a0: {reason}. Libérez de "
    "l’espace, ou faites une sauvegarde ailleurs et ajoutez --no-backup.",
)
FILE_EXISTS = Message(
    "There is already a file {file}. Nothing was changed. Name another file, or delete this one.",
    "Le fichier {file} existe déjà. Rien n’a été modifié. Indiquez un autre fichier, ou supprimez celui-ci.",
)
NO_BACKUP = Message(
    "There is no file {file}. Check the name and the folder.",
    "Le fichier {file} n’existe pas. Vérifiez le nom et le dossier.",
)
NOT_A_BACKUP = Message(
    "{file} is not a database of Carnet, or it is damaged. Nothing was changed. Use another backup.",
    "{file} n’est pas une base de données de Carnet, ou le fichier est endommagé. Rien n’a été modifié. Utilisez une "
    "autre sauvegarde.",
)
BACKUP_NEWER = Message(
    "{file} was written by a newer Carnet: its tables have version {have}, this Carnet supports versions up to {need}. "
    "Nothing was changed. Install the newer Carnet.",
    "{file} vient d’un Carnet plus récent\u00a0: ses tables ont la version {have}, et ce Carnet ne prend en charge que "
    "les versions jusqu’à {need}. Rien n’a été modifié. Installez le Carnet plus récent.",
)
DATABASE_EXISTS = Message(
    "There is already a database {place}. Nothing was changed. To replace it, stop Carnet and add --replace; its file "
    "is then kept under another name.",
    "La base de données {place} existe déjà. Rien n’a été modifié. Pour la remplacer, arrêtez Carnet et ajoutez "
    "--replace; son fichier est alors gardé sous un autre nom.",
)
DATABASE_OPEN = Message(
    "{place} is in use, so it was not replaced. Nothing was changed. Stop `carnet serve` and other programs that have "
    "it open, then try again.",
    "{place} est en cours d’utilisation et n’a donc pas été remplacé. Rien n’a été modifié. Arrêtez `carnet serve` et "
    "les autres programmes qui l’ont ouvert, puis recommencez.",
)
RESTORE_FAILED = Message(
    "{place} cannot be restored from {file}: {reason}. Nothing was changed. Check the free space, or use another "
    "backup.",
    "Impossible de restaurer {place} depuis {file}\u00a0: {reason}. Rien n’a été modifié. Vérifiez l’espace libre, ou "
    "utilisez une autre sauvegarde.",
)
BACKUP_DAMAGED = Message(
    "{file} is damaged, so {place} cannot be restored from it: {reason}. Nothing was changed. Use another backup.",
    "{file} est endommagé, et {place} ne peut donc pas être restauré depuis ce fichier\u00a0: {reason}. Rien n’a été "
    "modifié. Utilisez une autre sauvegarde.",
)
NOT_RESTORED = Message(
    "Stopped. {place} was not restored. Nothing was changed.",
    "Arrêté. {place} n’a pas été restauré. Rien n’a été modifié.",
)
RESTORED = Message(
    "The database {place} is restored from {file}, with version {have} of Carnet’s tables.",
    "La base de données {place} est restaurée depuis {file}, avec la version {have} des tables de Carnet.",
)
OLD_FILE_KEPT = Message(
    "The file that was there before is {file}.", "Le fichier qui s’y trouvait auparavant est {file}."
)
MIGRATE_NEXT = Message(
    "This Carnet needs version {need}: run `carnet migrate` next.",
    "Ce Carnet exige la version {need}\u00a0: exécutez maintenant `carnet migrate`.",
)
BACK_UP_ON_SERVER = Message(
    "PostgreSQL has its own tools for backups, which also work while Carnet runs. Carnet has done nothing. One file of "
    "this database:\n  pg_dump --format=custom --file={file} {url}\nAll databases of the server, for recovery to any "
    "moment, together with an archive of the write-ahead log:\n  pg_basebackup --checkpoint=fast --pgdata={file} "
    "--dbname={url}\nPut the password into ~/.pgpass or PGPASSWORD.",
    "PostgreSQL a ses propres outils de sauvegarde, qui fonctionnent aussi pendant que Carnet tourne. Carnet n’a rien "
    "fait. Un fichier de cette base\u00a0:\n  pg_dump --format=custom --file={file} {url}\nToutes les bases du "
    "serveur, pour revenir à n’importe quel moment, avec une archive du journal des transactions\u00a0:\n  "
    "pg_basebackup --checkpoint=fast --pgdata={file} --dbname={url}\n"
    "Mettez le mot de passe dans ~/.pgpass ou PGPASSWORD.",
)
BACK_UP_SCHEMA = Message(
    "PostgreSQL has its own tools for backups, which also work while Carnet runs. Carnet has done nothing. One file of "
    "the schema of this company:\n  pg_dump --format=custom --schema={schema} --file={file} {url}\nPut the password "
    "into ~/.pgpass or PGPASSWORD.",
    "PostgreSQL a ses propres outils de sauvegarde, qui fonctionnent aussi pendant que Carnet tourne. Carnet n’a rien "
    "fait. Un fichier du schéma de cette compagnie\u00a0:\n  pg_dump --format=custom --schema={schema} --file={file} "
    "{url}\nMettez le mot de passe dans ~/.pgpass ou PGPASSWORD.",
)
RESTORE_SCHEMA = Message(
    "PostgreSQL has its own tools to restore backups. Carnet has done nothing. Stop the requests of the company: "
    "rename {source}. Empty its schema, as the user of CARNET_DATABASE_URL or an administrator, here `postgres`, and "
    "load the file of pg_dump:\n  psql {server} --username=postgres --set=ON_ERROR_STOP=1 --command='DROP SCHEMA "
    '"{schema}" CASCADE; CREATE SCHEMA "{schema}" AUTHORIZATION "{schema}"\'\n  pg_restore --exit-on-error --no-owner '
    "--schema={schema} --dbname={url} {file}\nGive {source} its name again, and run `carnet migrate` and "
    "`carnet check` with `--company`. Put the passwords into ~/.pgpass or PGPASSWORD.\nOn Citus these commands do not "
    "suffice, because the schema must also be distributed: use those of “Move a company into Citus” in "
    ".github/guides/many-companies.md.",
    "PostgreSQL a ses propres outils pour restaurer des sauvegardes. Carnet n’a rien fait. Arrêtez les requêtes de la "
    "compagnie\u00a0: renommez {source}. Videz son schéma en tant qu’utilisateur de CARNET_DATABASE_URL ou "
    "qu’administrateur, ici `postgres`, et chargez le fichier de pg_dump\u00a0:\n  psql {server} --username=postgres "
    '--set=ON_ERROR_STOP=1 --command=\'DROP SCHEMA "{schema}" CASCADE; CREATE SCHEMA "{schema}" AUTHORIZATION '
    '"{schema}"\'\n  pg_restore --exit-on-error --no-owner --schema={schema} --dbname={url} {file}\nRedonnez son '
    "nom à {source}, puis exécutez `carnet migrate` et `carnet check` avec `--company`. Mettez les mots de passe dans "
    "~/.pgpass ou PGPASSWORD.\nAvec Citus, ces commandes ne suffisent pas, car le schéma doit aussi être "
    "distribué\u00a0: utilisez celles de «\u00a0Move a company into Citus\u00a0» dans "
    ".github/guides/many-companies.md.",
)
RESTORE_ON_SERVER = Message(
    "PostgreSQL has its own tools to restore backups. Carnet has done nothing. Stop Carnet, and create an empty "
    "database with the name in CARNET_DATABASE_URL with `createdb`. Then load the file of pg_dump:\n  pg_restore "
    "--exit-on-error --no-owner --dbname={url} {file}\nAfterwards run `carnet migrate` and `carnet check`. Put the "
    "password into ~/.pgpass or PGPASSWORD.",
    "PostgreSQL a ses propres outils pour restaurer des sauvegardes. Carnet n’a rien fait. Arrêtez Carnet, et créez "
    "avec `createdb` une base vide du nom qui est dans CARNET_DATABASE_URL. Chargez ensuite le fichier de "
    "pg_dump\u00a0:\n  pg_restore --exit-on-error --no-owner --dbname={url} {file}\nExécutez ensuite `carnet migrate` "
    "et `carnet check`. Mettez le mot de passe dans ~/.pgpass ou PGPASSWORD.",
)
