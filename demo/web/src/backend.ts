import { curlWords, publishRequest } from './curl';
import { byId } from './element';

const copiedMillis = 1600;

/** The card with the command that publishes into the channel from outside. */
export class Backend {
  #apiKey: string;
  #code = byId('curl');
  #copy = byId('copy');
  #words: string[] = [];
  #timer: number | undefined;

  constructor(apiKey: string) {
    this.#apiKey = apiKey;
    this.#copy.addEventListener('click', () => void this.#copyCommand());
  }

  show(channel: string): void {
    this.#words = curlWords(publishRequest(location.origin, this.#apiKey, channel));
    this.#code.textContent = this.#words.join(' \\\n  ');
  }

  async #copyCommand(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#words.join(' '));
      this.#say('Copied');
    } catch {
      // Without the permission the text is at least selected, for the keyboard to copy.
      window.getSelection()?.selectAllChildren(this.#code);
      this.#say('Selected: copy with the keyboard');
    }
  }

  #say(text: string): void {
    window.clearTimeout(this.#timer);
    this.#copy.textContent = text;
    this.#timer = window.setTimeout(() => (this.#copy.textContent = 'Copy'), copiedMillis);
  }
}
