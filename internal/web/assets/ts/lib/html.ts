// Reading documents of ours. The content security policy wants text that becomes
// markup to have passed a policy; a document that is only parsed runs nothing.

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string };
}

const policy = (window as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("pages", { createHTML: (text) => text });

/** Reads the text of an answer of our server as a document. */
export function parseHTML(text: string): Document {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
}
