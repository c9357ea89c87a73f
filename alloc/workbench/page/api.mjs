// Requests to the server, all under /api/v1 of the page's own origin.

/** What the server refused, in words; `findings` are those of `alloc check`. */
export class Refused extends Error {
  /** @param {number} status @param {{title?: import("./types.mjs").Words, findings?: import("./types.mjs").Found[], total?: number}} problem */
  constructor(status, problem) {
    super(problem.title?.en ?? `status ${status}`);
    this.status = status;
    this.title = problem.title ?? null;
    this.findings = problem.findings ?? [];
    this.total = problem.total ?? this.findings.length;
  }
}

/** The server does not answer at all. */
export class Gone extends Error {}

/**
 * @param {string} method
 * @param {string} path  below /api/v1
 * @param {any} [body]
 * @returns {Promise<any>} the answer; null where there is none
 * @throws {Refused | Gone}
 */
export async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method, credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    throw new Gone(String(error));
  }
  const text = await answer.text();
  const content = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Refused(answer.status, content ?? {});
  return content;
}
