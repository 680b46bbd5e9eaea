// Invented numbers with right check digits, made here by other code than the program's.

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

// A resident's number of a person born on that day ("19900307"), with a running number below 1000.
export function idCard(born, n) {
  const head = `110101${born}${String(n).padStart(3, '0')}`;
  const sum = [...head].reduce((s, c, i) => s + Number(c) * idWeights[i], 0);
  return head + '10X98765432'[sum % 11];
}

const codeLetters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const codeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

// A unified social credit code.
export function creditCode(n) {
  const organ = `MA${String(n).padStart(6, '0')}`;
  const organWeights = [3, 7, 9, 10, 5, 8, 4, 2];
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const rest = 11 - ([...organ].reduce((s, c, i) => s + letters.indexOf(c) * organWeights[i], 0) % 11);
  const head = `91110105${organ}${rest === 10 ? 'X' : rest === 11 ? '0' : rest}`;
  const sum = [...head].reduce((s, c, i) => s + codeLetters.indexOf(c) * codeWeights[i], 0);
  return head + codeLetters[(31 - (sum % 31)) % 31];
}

export const phone = (n) => `138${String(n).padStart(8, '0')}`;
