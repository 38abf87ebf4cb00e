/** A place in the timeline: which stream of the channel, counted from 0 as they replace each other, and where in it. */
export interface Place {
  stream: number;
  offset: number;
}

/**
 * Keeps the timeline's rows in the order of their channel's stream, whatever order they come in: history is read while
 * live messages arrive, and repeats some of them.
 */
export class Order<Row> {
  #rows: { place: Place; row: Row }[] = [];
  #seen = new Set<number>();
  #stream = 0;

  get last(): Place {
    return this.#rows.at(-1)?.place ?? { stream: this.#stream, offset: 0 };
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Offsets count from 1 again; what is there stays in front of what comes. */
  startStream(): void {
    this.#stream += 1;
    this.#seen.clear();
  }

  /**
   * Puts a message's row where it belongs and returns the row that follows it, or null at the end. Returns undefined
   * for a message that is there already. A message without an offset, 0, goes to the end.
   */
  insert(offset: number, row: Row): Row | null | undefined {
    if (offset === 0) {
      return this.append(row);
    }
    if (this.#seen.has(offset)) {
      return undefined;
    }
    this.#seen.add(offset);
    const place = { stream: this.#stream, offset };
    let index = this.#rows.length;
    while (index > 0 && after(this.#rows[index - 1]!.place, place)) {
      index -= 1;
    }
    this.#rows.splice(index, 0, { place, row });
    return this.#rows[index + 1]?.row ?? null;
  }

  /** Puts a row behind all that are there now; messages with higher offsets will come behind it. */
  append(row: Row): null {
    this.#rows.push({ place: { stream: this.#stream, offset: this.#endOffset() }, row });
    return null;
  }

  /** Takes the first row away. Its message stays known, so that it does not come back. */
  shift(): Row | undefined {
    return this.#rows.shift()?.row;
  }

  #endOffset(): number {
    const { stream, offset } = this.last;
    return stream === this.#stream ? offset : 0;
  }
}

function after(a: Place, b: Place): boolean {
  return a.stream !== b.stream ? a.stream > b.stream : a.offset > b.offset;
}
