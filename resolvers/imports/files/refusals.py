"""Why a file cannot be read."""

from resolvers.errors import Refusal, UserErrorCode


class NotReadable(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read: {reason}. Check the name and the permissions."
    french = "Impossible de lire {file}\u00a0: {reason}. Vérifiez le nom et les droits d’accès."


class ReadableOnce(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} can only be read once, and an import reads a file several times. Save the data to a file first."
    french = (
        "{file} ne peut être lu qu’une fois, et une importation lit un fichier plusieurs fois. Enregistrez d’abord les "
        "données dans un fichier."
    )


class FileChanged(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} was changed while it was read. Nothing was imported. Try again when no program writes to it."
    french = (
        "{file} a été modifié pendant sa lecture. Rien n’a été importé. Recommencez quand aucun programme n’y écrit."
    )


class NotText(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is not a text file. In a spreadsheet, save it as CSV first."
    french = "{file} n’est pas un fichier texte. Dans le tableur, enregistrez-le d’abord au format CSV."


class Compressed(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is compressed. Unpack it, then import the file inside."
    french = "{file} est compressé. Décompressez-le, puis importez le fichier qu’il contient."


class LineTooLong(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has a line of more than {length} bytes, so it is probably no list. Export it again with a line for "
        "each row."
    )
    french = (
        "{file} a une ligne de plus de {length} octets et n’est donc sans doute pas une liste. Exportez-le de nouveau, "
        "une ligne par enregistrement."
    )


class UnknownEncoding(Refusal):
    code = UserErrorCode.INVALID
    english = "There is no encoding {name}. Give a name such as utf-8, windows-1252, mac-roman or cp850."
    french = "L’encodage {name} n’existe pas. Donnez un nom comme utf-8, windows-1252, mac-roman ou cp850."


class UnrecognizedEncoding(Refusal):
    code = UserErrorCode.INVALID
    english = "The encoding of {file} was not recognized. Run the command again with --encoding and its name."
    french = "L’encodage de {file} n’a pas été reconnu. Relancez la commande avec --encoding et son nom."


class BrokenEncoding(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} is in {encoding}, except for some bytes. The first ones are in row {row}, column {column}. Save the "
        "file in one encoding; or give --encoding {other}, which reads this cell as {text}, but letters with accents "
        "that are in {encoding} wrongly."
    )
    french = (
        "{file} est en {encoding}, sauf quelques octets. Les premiers sont à la ligne {row}, colonne {column}. "
        "Enregistrez le fichier dans un seul encodage, ou donnez --encoding {other}, qui lit cette cellule "
        "ainsi\u00a0: {text}, mais lit mal les lettres accentuées qui sont en {encoding}."
    )


class WrongEncoding(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} is not in {encoding}: row {row}, column {column} has bytes that this encoding does not have. Give "
        "another --encoding, or leave it out to have the encoding detected."
    )
    french = (
        "{file} n’est pas en {encoding}\u00a0: la ligne {row}, colonne {column}, contient des octets que cet encodage "
        "n’a pas. Donnez un autre --encoding, ou omettez-le pour que l’encodage soit détecté."
    )


class UnclearEncoding(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "The encoding of {file} is not clear. Row {row}, column {column} may be: {readings}. Run the command again "
        "with the option of the right text."
    )
    french = (
        "L’encodage de {file} n’est pas clair. Ligne {row}, colonne {column}, lectures possibles\u00a0: {readings}. "
        "Relancez la commande avec l’option du bon texte."
    )


class UnclosedQuotation(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} cannot be read: the quotation mark at the start of row {row}, column {column} is not closed. Close it, "
        "or remove it."
    )
    french = (
        "Impossible de lire {file}\u00a0: le guillemet au début de la ligne {row}, colonne {column}, n’est pas fermé. "
        "Fermez-le, ou supprimez-le."
    )


class TextAfterQuotation(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} cannot be read: row {row}, column {column} has text after its closing quotation mark. Double a "
        "quotation mark that is part of the text, and look for one that is not closed."
    )
    french = (
        "Impossible de lire {file}\u00a0: la ligne {row}, colonne {column}, contient du texte après le guillemet "
        "fermant. Doublez tout guillemet qui fait partie du texte, et cherchez un guillemet qui n’est pas fermé."
    )


class RowsInQuotation(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} cannot be read: the quotation mark at the start of row {row}, column {column} encloses whole rows. "
        "Close it where the text ends, or remove it."
    )
    french = (
        "Impossible de lire {file}\u00a0: le guillemet au début de la ligne {row}, colonne {column}, englobe des "
        "lignes entières. Fermez-le là où le texte se termine, ou supprimez-le."
    )


class CellTooLong(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read: row {row}, column {column} has more than {length} characters. Shorten the text."
    french = (
        "Impossible de lire {file}\u00a0: la ligne {row}, colonne {column}, a plus de {length} caractères. "
        "Raccourcissez le texte."
    )


class OldWorkbook(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is a spreadsheet of another format. In the spreadsheet program, save it as .xlsx or CSV first."
    french = (
        "{file} est une feuille de calcul d’un autre format. Dans le tableur, enregistrez-la d’abord au format .xlsx "
        "ou CSV."
    )


class PasswordProtected(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is protected by a password. In the spreadsheet program, save it without password first."
    french = "{file} est protégé par un mot de passe. Dans le tableur, enregistrez-le d’abord sans mot de passe."


class BrokenWorkbook(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is not a complete workbook. Export it again, or open it in a spreadsheet program and save it."
    french = (
        "{file} n’est pas un classeur complet. Exportez-le de nouveau, ou ouvrez-le dans un tableur et enregistrez-le."
    )


class WorkbookTooLarge(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is too large for a workbook. In the spreadsheet program, save the sheet as CSV."
    french = "{file} est trop volumineux pour un classeur. Dans le tableur, enregistrez la feuille au format CSV."


class UnknownSheet(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} has no sheet {sheet}. Give one of: {names}."
    french = "{file} n’a pas de feuille {sheet}. Ses feuilles sont\u00a0: {names}. Donnez l’un de ces noms."


class NoSheets(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} has no sheets. Leave out --sheet, which is for workbooks."
    french = "{file} n’a pas de feuilles. Omettez --sheet, qui ne vaut que pour les classeurs."


class FormulaWithoutValue(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has a formula without a result in row {row}, column {column}. Open it in a spreadsheet program, save "
        "it, and import it again."
    )
    french = (
        "{file} contient une formule sans résultat à la ligne {row}, colonne {column}. Ouvrez-le dans un tableur, "
        "enregistrez-le et recommencez."
    )


class BrokenCard(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read: line {line} is not valid in a vCard. Correct it, or export the contacts again."
    french = (
        "Impossible de lire {file}\u00a0: la ligne {line} n’est pas valide dans une vCard. Corrigez-la, ou exportez de "
        "nouveau les contacts."
    )


class BrokenLine(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} cannot be read: line {line} is not a JSON object. Each line of an NDJSON file must have one, without "
        "NUL characters."
    )
    french = (
        "Impossible de lire {file}\u00a0: la ligne {line} n’est pas un objet JSON. Chaque ligne d’un fichier NDJSON "
        "doit en contenir un, sans caractère NUL."
    )


class RepeatedName(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read: line {line} has {key} more than once. Keep only the right value."
    french = (
        "Impossible de lire {file}\u00a0: la ligne {line} contient plusieurs fois {key}. Ne gardez que la bonne valeur."
    )


class DeepLine(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} cannot be read: line {line} has more than {most} levels of objects and lists. Write fewer."
    french = (
        "Impossible de lire {file}\u00a0: la ligne {line} a plus de {most} niveaux d’objets et de listes. Écrivez-en "
        "moins."
    )
