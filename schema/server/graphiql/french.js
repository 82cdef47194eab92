/* The texts of GraphiQL in French. GraphiQL has no translations: its own texts are replaced as they appear. */

const FRENCH = {
  "Add favorite": "Ajouter aux favoris",
  "Add tab": "Ajouter un onglet",
  "Adjust how the interface appears.": "Choisissez l’apparence de l’interface.",
  "A GraphQL schema provides a root type for each kind of operation.":
    "Le schéma a un type racine pour chaque genre d’opération.",
  "All Schema Types": "Tous les types du schéma",
  Arguments: "Arguments",
  Clear: "Effacer",
  "Clear data": "Effacer les données",
  "Clear storage": "Stockage local",
  "Cleared data": "Données effacées",
  "Close Tab": "Fermer l’onglet",
  "Close dialog": "Fermer la fenêtre",
  "Copy query": "Copier l’opération",
  Dark: "Sombre",
  "Delete from history": "Supprimer de l’historique",
  Deprecated: "Obsolète",
  "Deprecated Arguments": "Arguments obsolètes",
  "Deprecated Enum Values": "Valeurs obsolètes",
  "Deprecated Fields": "Champs obsolètes",
  Directives: "Directives",
  Docs: "Documentation",
  "Documentation Explorer": "Explorateur de la documentation",
  "Edit label": "Modifier l’étiquette",
  "Editor Commands": "Commandes de l’éditeur",
  "Enum Values": "Valeurs",
  "Error fetching schema": "Impossible d’obtenir le schéma",
  "Execute query": "Exécuter l’opération",
  "Failed to Clear": "Échec de l’effacement",
  Fields: "Champs",
  Function: "Fonction",
  Headers: "En-têtes",
  "Hide Documentation Explorer": "Masquer la documentation",
  "Hide History": "Masquer l’historique",
  "Hide editor tools": "Masquer les outils de l’éditeur",
  History: "Historique",
  Implements: "Interfaces",
  Light: "Clair",
  "Merge fragments definitions into operation definition": "Fusionner les fragments dans l’opération",
  "Merge fragments into query": "Fusionner les fragments dans l’opération",
  "New tab": "Nouvel onglet",
  "No GraphQL schema available": "Aucun schéma GraphQL",
  "No results found": "Aucun résultat",
  "Open short keys dialog": "Ouvrir les raccourcis clavier",
  "Open settings dialog": "Ouvrir les paramètres",
  "Open the Command Palette (you must have focus in the editor)": "Ouvrir la palette de commandes, depuis l’éditeur",
  "Operation Editor": "Éditeur d’opérations",
  "Other results": "Autres résultats",
  "Possible Types": "Types possibles",
  "Prettify editors": "Mettre en forme",
  "Prettify query": "Mettre en forme",
  "Re-fetch GraphQL schema": "Relire le schéma GraphQL",
  "Remove all locally stored data and start fresh.": "Supprimer les données de ce navigateur et recommencer.",
  "Remove favorite": "Retirer des favoris",
  "Result Window": "Résultat",
  "Root Types": "Types racines",
  Save: "Enregistrer",
  "Search in documentation": "Chercher dans la documentation",
  "Search in editor": "Chercher dans l’éditeur",
  "Select active operation": "Choisir l’opération active",
  "Set active": "Activer",
  Settings: "Paramètres",
  "Short Key": "Raccourci",
  "Short Keys": "Raccourcis clavier",
  "Show Deprecated Arguments": "Afficher les arguments obsolètes",
  "Show Deprecated Fields": "Afficher les champs obsolètes",
  "Show Deprecated Values": "Afficher les valeurs obsolètes",
  "Show Documentation Explorer": "Afficher la documentation",
  "Show History": "Afficher l’historique",
  "Show editor tools": "Afficher les outils de l’éditeur",
  "Stop query": "Arrêter l’opération",
  System: "Système",
  Theme: "Thème",
  Type: "Type",
  "Type a label": "Tapez une étiquette",
  Variables: "Variables",
};
const ATTRIBUTES = ["aria-label", "title", "placeholder"];

/** Names of types and operations, comments and values are left alone. */
const DATA =
  ".monaco-editor, .CodeMirror, .graphiql-tab, .graphiql-history-item-label, code, pre, script, style, .bar, #token";

/** Translates what GraphiQL shows, now and later. */
export function translateGraphiql() {
  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(translate);
      else if (type === "attributes") translateAttributes(target);
      else translateText(target);
    }
  });
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ATTRIBUTES,
  });
}

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) return translateText(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(".monaco-editor *")) return;
  translateAttributes(node);
  node.childNodes.forEach(translate);
}

function translateText(node) {
  const french = !node.parentElement?.closest(DATA) && inFrench(node.data);
  if (french) node.data = french;
}

function translateAttributes(element) {
  for (const name of ATTRIBUTES) {
    const french = element.hasAttribute(name) && inFrench(element.getAttribute(name));
    if (french) element.setAttribute(name, french);
  }
}

/** The translation, before the key in parentheses that a text may end with; null if it has none or is the same. */
function inFrench(text) {
  const [, words, key] = /^(.*?)( \((?:Ctrl|Cmd|Shift|⌘|⌃|⇧|Alt)[^)]*\))?$/s.exec(text.trim()) ?? [];
  const french = FRENCH[words];
  return french && french !== words ? french + (key ?? "") : null;
}
