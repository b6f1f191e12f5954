using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>
/// An object of a document that can be written as JSON or UBJSON. Values are objects, strings, long, float, arrays of
/// values (object[]) and typed arrays: float[], int[], long[], byte[].
/// </summary>
internal sealed class DocObject : IEnumerable<KeyValuePair<string, object>>
{
    private readonly List<KeyValuePair<string, object>> _members = [];

    public object this[string key]
    {
        get => _members.Single(member => member.Key == key).Value;
        set
        {
            _members.RemoveAll(member => member.Key == key);
            _members.Add(new(key, value));
        }
    }

    /// <summary>The same document with the members of every object in the opposite order.</summary>
    public DocObject Reversed()
    {
        DocObject reversed = new();
        foreach ((string key, object value) in Enumerable.Reverse(_members))
        {
            reversed[key] = Reversed(value);
        }

        return reversed;
    }

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Reversed(object value) => value switch
    {
        DocObject inner => inner.Reversed(),
        object[] items => items.Select(Reversed).ToArray(),
        _ => value,
    };
}
