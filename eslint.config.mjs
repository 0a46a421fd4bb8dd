import js from "@eslint/js";

const browser = [
  "Blob",
  "CustomEvent",
  "DOMException",
  "Event",
  "FormData",
  "URL",
  "URLSearchParams",
  "clearInterval",
  "clearTimeout",
  "console",
  "document",
  "fetch",
  "navigator",
  "requestAnimationFrame",
  "setInterval",
  "setTimeout",
  "window",
];
const client = ["luxon", "odoo", "owl"]; // what Odoo's web client puts there

export default [
  js.configs.recommended,
  {
    files: ["static/**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: Object.fromEntries(
        [...browser, ...client].map((name) => [name, "readonly"])
      ),
    },
    rules: {
      eqeqeq: "error",
      "no-console": ["error", {allow: ["warn", "error"]}],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
];
