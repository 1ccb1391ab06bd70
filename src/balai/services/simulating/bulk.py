def multiply(*a): raise NotImplementedError
