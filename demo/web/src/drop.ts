import type { Link } from './link';

/** How long a drop lasts unless it is ended by hand. */
export const dropMillis = 5000;

/** Cuts the link for a while and counts the time down. */
export class Drop {
  #link: Link;
  #onChange: (remainingMillis: number | null) => void;
  #endsAt: number | null = null;
  #timer: number | undefined;

  /** `onChange` is told the time that remains, several times a second, and null when the drop is over. */
  constructor(link: Link, onChange: (remainingMillis: number | null) => void) {
    this.#link = link;
    this.#onChange = onChange;
  }

  get active(): boolean {
    return this.#endsAt !== null;
  }

  begin(): void {
    if (this.active) {
      return;
    }
    this.#endsAt = Date.now() + dropMillis;
    this.#link.cut();
    this.#timer = window.setInterval(() => this.#tick(), 100);
    this.#tick();
  }

  end(): void {
    if (!this.active) {
      return;
    }
    window.clearInterval(this.#timer);
    this.#endsAt = null;
    this.#onChange(null);
    this.#link.restore();
  }

  #tick(): void {
    const remaining = (this.#endsAt ?? 0) - Date.now();
    if (remaining <= 0) {
      this.end();
      return;
    }
    this.#onChange(remaining);
  }
}
