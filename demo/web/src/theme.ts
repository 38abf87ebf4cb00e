import { byId } from './element';

const key = 'carillon.demo.theme';

/** Follows the system until the button says otherwise; the choice is remembered where the browser lets it. */
export function installTheme(): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  apply(remembered());
  byId('theme').addEventListener('click', () => {
    const current = document.documentElement.dataset['theme'] ?? (dark.matches ? 'dark' : 'light');
    const next = current === 'dark' ? 'light' : 'dark';
    apply(next);
    remember(next);
  });
}

function apply(theme: string | null): void {
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset['theme'] = theme;
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    return;
  }
}
