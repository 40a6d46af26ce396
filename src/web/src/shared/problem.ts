/** What an RFC 9457 problem of the API says, or what stands in for one when none came. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Seconds to wait, as the server asks. */
    readonly retryAfter?: number,
  ) {
    super(detail);
  }

  /** Trying the same request again can help without the visitor changing anything. */
  get isPassing(): boolean {
    return this.status === 502 || this.status === 503 || this.status === 504;
  }

  static async from(response: Response): Promise<Problem> {
    const wait = Number(response.headers.get('retry-after') ?? NaN);
    const retryAfter = Number.isFinite(wait) ? Math.max(0, wait) : undefined;
    let code = response.status === 429 ? 'rate_limited' : response.status === 413 ? 'payload_too_large' : 'internal';
    let detail = '';
    try {
      const body = await response.json();
      code = typeof body.code === 'string' ? body.code : code;
      detail = typeof body.detail === 'string' ? body.detail : '';
    } catch {
      // A proxy's own error page: the status says enough.
    }
    return new Problem(response.status, code, detail, retryAfter);
  }
}
